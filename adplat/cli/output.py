"""How results, errors and progress reach a person or a machine."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import typer

from adplat.domain import AdplatError, Progress

WIDTH_OF_PIPE = 140
LEAST_BROKEN = 12
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
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, breaking: Collection[str] | None = None
) -> None:
    """A table for a person on stdout.

    ``breaking`` are the columns whose words may go on in the next line; then every other column stands whole, and the
    table is wider than the terminal rather than cut. ``None``: all give way as rich sees fit.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold")
    lines = [[figure(cell) for cell in row] for row in rows]
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position == 0 or column in (breaking or ()) else "right")
    console = Console()
    # A pipe has no width: a report that is read later must not be cut at 80 columns.
    width = console.width if console.is_terminal else WIDTH_OF_PIPE
    if breaking is not None:
        table.box, table.padding = SIMPLE_HEAD, (0, 1, 0, 0)
        for position, one in enumerate(table.columns):
            longest = max(cell_len(cell) for cell in (columns[position], *(line[position] for line in lines)))
            if columns[position] in breaking:
                one.overflow, one.min_width = "fold", min(longest, LEAST_BROKEN)
            else:
                one.no_wrap, one.min_width = True, longest
        width = max(width, sum(one.min_width or 0 for one in table.columns) + 2 * len(columns) + 2)
    for line in lines:
        table.add_row(*line)
    (console if width == console.width else Console(width=width)).print(table)


def figure(value: object) -> str:
    """A cell: floats to four digits, whole numbers with separators, bounds as a span, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, tuple | list) and len(value) == 2:
        return f"{figure(value[0])} to {figure(value[1])}"
    return str(value)


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
