"""``adplat replay``: what was served, held against the offline path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import ConfigRejected

if TYPE_CHECKING:
    from adplat.bootstrap import Settings
    from adplat.flows.replay_report import ReplayReport

_SHOWN_VALUES = 3


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(replay)


def replay(
    date: Annotated[str, typer.Option(help="Only requests of this day (UTC), such as 2026-09-30.")] = "",
    since: Annotated[str, typer.Option(help="Only requests from this moment on (ISO 8601, UTC without a zone).")] = "",
    until: Annotated[str, typer.Option(help="Only requests before this moment.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only so many requests, the latest; 0 replays all.")] = 10_000,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder with lake and catalogue; default: the workspace.")
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="Bundle folder; default: each request's own, as registered.")
    ] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="Encoder vectors by content.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Build and score the features of logged requests a second time, offline; exit code 1 when they differ."""
    from adplat.bootstrap import read_settings
    from adplat.flows.replay_requests import replay_requests

    start, end = _window(date, since, until)
    settings = read_settings(workspace=workspace)
    with _bundle_folders(settings, bundle) as folder_of, progress_bar() as progress:
        report = replay_requests(
            data or settings.workspace,
            folder_of,
            cache_dir=cache or settings.cache_folder,
            progress=progress,
            since=start,
            until=end,
            limit=limit,
        )
    if as_json:
        print_json(report.as_json())
    else:
        _print(report)
    return 0 if report.holds else 1


@contextmanager
def _bundle_folders(settings: Settings, bundle: Path | None) -> Iterator[Callable[[str], Path]]:
    """Where the bundle that answered a request lies, by its id: the named one, for which no registry is opened."""
    from adplat.bootstrap import opened_registry, require_database
    from adplat.flows.registry_parts import named_bundle

    if bundle is not None:
        yield lambda _: bundle
        return
    with opened_registry(require_database(settings)) as parts:
        yield lambda bundle_id: Path(named_bundle(parts.bundles, bundle_id).path)


def _window(date: str, since: str, until: str) -> tuple[datetime | None, datetime | None]:
    if date and (since or until):
        raise ConfigRejected("a day and a time span", where="--date", hint="give --date, or --since and --until")
    if date:
        day = _moment(date, "--date").replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + timedelta(days=1)
    start, end = (_moment(text, name) if text else None for text, name in ((since, "--since"), (until, "--until")))
    if start and end and start >= end:
        raise ConfigRejected("the time span is empty", where="--until", hint="give --until a later moment than --since")
    return start, end


def _moment(text: str, where: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(
            f"{text!r} is no moment", where=where, hint="write 2026-09-30 or 2026-09-30T14:00"
        ) from None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _print(report: ReplayReport) -> None:
    from adplat.flows.replay_past import ByDesign

    print_table(
        f"{report.decisions:,} requests replayed, {report.rows:,} rows: {report.shown_rows:,} from impressions",
        ("", "compared", "different", "largest difference"),
        [
            ("rows with every feature the same", report.rows, report.rows - report.identical_rows, None),
            ("scores", report.rows, report.scores_apart, f"{report.largest_score_difference:.1e}"),
        ],
    )
    if report.differing:
        print_table(
            "Features that differ",
            ("feature", "rows", "decision", "creative", "served", "offline"),
            [(name, count, *_example(report.examples[name][0])) for name, count in report.differing.most_common()],
        )
    if report.score_examples:
        print_table(
            "Scores that differ (pCTR, pCVR)",
            ("decision", "creative", "served", "offline"),
            [_example(one) for one in report.score_examples],
        )
    if report.by_design.total():
        print_table(
            "By design: what a later training sees otherwise (counted in no line above)",
            ("", "requests"),
            [(kind.meaning, report.by_design[kind]) for kind in ByDesign if report.by_design[kind]],
        )
    say("served and offline agree" if report.holds else "served and offline differ")


def _example(one: dict[str, Any]) -> tuple[str, str, str, str]:
    served, offline = one["served"], one["offline"]
    at = _first_difference(served, offline)
    return one["decision_id"], one["creative_id"], _short(served, at), _short(offline, at)


def _first_difference(one: Any, other: Any) -> int:
    """Where two vectors of one length part, so that a person sees it; 0 where all of a value is shown anyway."""
    if one is None or other is None or len(one) != len(other) or len(one) <= _SHOWN_VALUES:
        return 0
    return next(place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])


def _short(value: Any, at: int) -> str:
    """The first values of a feature, or those from place ``at`` on; of a long one how many there are."""
    if value is None:
        return "–"
    told = [f"{one:.9g}" if isinstance(one, float) else str(one) for one in value[at : at + _SHOWN_VALUES]]
    more = f" (of {len(value)}{f', from {at}' if at else ''})" if len(value) > _SHOWN_VALUES else ""
    return (", ".join(told) or "nothing") + more
