"""How results, errors and progress reach a person or a machine."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from adplat.cli.table_layout import BETWEEN, laid_out
from adplat.domain import AdplatError, Progress

# Line ends and whatever else would move a terminal: names and reasons come from people.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the caller asked for a machine-readable answer."""
    return "--json" in arguments


def print_json(document: Mapping[str, Any]) -> None:
    """Print the one JSON document of this command on stdout; moments in ISO 8601."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=_as_text, allow_nan=False) + "\n")
    sys.stdout.flush()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def print_error(error: AdplatError, *, as_json: bool) -> None:
    """One line on stderr: what, where, how to mend; with ``--json`` also as the document."""
    line = " ".join(str(error).split())
    sys.stderr.write(f"adplat: {line}\n")
    if as_json:
        print_json(
            {
                "error": {
                    "kind": type(error).__name__,
                    "what": error.what,
                    "where": error.where,
                    "hint": error.hint,
                    **({"detail": error.detail} if error.detail else {}),
                }
            }
        )


def print_failure(kind: str, what: str) -> None:
    """The document of a command that ended without one of our errors."""
    print_json({"error": {"kind": kind, "what": what, "where": "", "hint": ""}})


def say(text: str) -> None:
    """One line for a person, on stderr so that stdout stays the result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def without_vector(count: int, first: Mapping[str, Any]) -> str:
    """The line about images and texts that could not be encoded; ``first`` are the fields of an EncodingProblem."""
    return (
        f"{count} images or texts gave no vector and count as absent; the first: "
        f"{first['column']!r} of item {first['item_id']!r}: {first['reason']}"
    )


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, spare: Sequence[str] = ()
) -> None:
    """A table for a person on stdout.

    On a terminal figures stand whole, words go on in the next line, and of the columns in ``spare`` the first go where
    there is no room for all, which is then said. Elsewhere there is room for everything: a row is a line.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    lines = [[_UNSEEN.sub(" ", figure(cell)) for cell in row] for row in rows]
    console = Console()
    shown = laid_out(columns, lines, console.width if console.is_terminal else None, spare)
    width = sum(one.width for one in shown) + BETWEEN * (len(shown) - 1)
    if width > console.width or not console.is_terminal:
        console = Console(width=max(width, 1))
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, show_header=any(columns))
    for one in shown:
        is_right = one.is_figures and one is not shown[0]
        header = Text(columns[one.place])  # as text: square brackets are no markup of ours
        table.add_column(header, width=one.width, overflow="fold", justify="right" if is_right else "left")
    for line in lines:
        table.add_row(*(Text(line[one.place]) for one in shown))
    console.print(Text(title, style="bold"), soft_wrap=not console.is_terminal)
    console.print(table)
    left_out = [column for place, column in enumerate(columns) if all(one.place != place for one in shown)]
    if left_out:
        say(f"no room for: {', '.join(left_out)}; a wider terminal, a pipe or --json tells them")


def on_a_terminal() -> bool:
    """Whether what is printed is seen by a person at once, and does not go into a file or another program."""
    from rich.console import Console

    return Console().is_terminal


def figure(value: object) -> str:  # noqa: PLR0911 - one line for each kind
    """A cell: floats to four digits, whole numbers with separators, bounds as a span, nothing as a dash; moments to the
    minute of UTC, lists by commas, documents as JSON."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=_as_text)
    if isinstance(value, tuple | list):
        is_span = len(value) == 2 and all(isinstance(end, int | float) for end in value)
        return (" to " if is_span else ", ").join(figure(part) for part in value)
    return str(value)


def when(moment: str | None) -> str | None:
    """A moment of a document, to the minute of UTC."""
    return figure(datetime.fromisoformat(moment)) if moment else None


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield a ``Progress`` that draws on a terminal and writes sparse lines elsewhere (both on stderr)."""
    if sys.stderr.isatty():
        with _terminal_bar() as progress:
            yield progress
    else:
        yield _sparse_lines()


@contextmanager
def _terminal_bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def progress(done: int, total: int, what: str) -> None:
            # The first words name the bar; what follows a colon is news of the moment.
            name = what.partition(":")[0]
            if name not in tasks:
                tasks[name] = bars.add_task(what, total=total or None)
            bars.update(tasks[name], completed=done, total=total or None, description=what)

        yield progress


def _sparse_lines(every_seconds: float = 10.0) -> Progress:
    """A first line, one every ten seconds, and a last one. A total of 0 means that nobody knows it yet."""
    told_at: dict[str, float] = {}
    finished: dict[str, int] = {}

    def progress(done: int, total: int, what: str) -> None:
        name, now = what.partition(":")[0], time.monotonic()
        ends = 0 < total <= done
        if ends and finished.get(name) == done:
            return
        if ends or name not in told_at or now - told_at[name] >= every_seconds:
            told_at[name] = now
            if ends:
                finished[name] = done
            say(f"{what}: {done:,}" + (f" of {total:,}" if total else ""))

    return progress
