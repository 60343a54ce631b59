"""``adplat forecast list|show|attach|score|calibration``: forecasts that were kept, and whether they came true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say, when
from adplat.cli.service import WorkspaceOption

NameArgument = Annotated[str, typer.Argument(metavar="FORECAST", help="Its id; see adplat forecast list.")]


def register(commands: typer.Typer) -> None:
    """Add these commands to the group ``forecast``."""
    commands.command("list")(list_all)
    commands.command("show")(show)
    commands.command("attach")(attach)
    commands.command("score")(score)
    commands.command("calibration")(calibration)


def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """All kept forecasts, oldest first."""
    from adplat.bootstrap import existing_workspace, opened_forecasts
    from adplat.flows.describe_forecasts import forecast_document

    with opened_forecasts(existing_workspace(workspace)) as parts:
        found = [forecast_document(kept) for kept in parts.forecasts.forecasts()]
    if as_json:
        print_json({"forecasts": found})
        return
    _print_forecasts("forecasts", found)


def show(forecast: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One forecast: what it told, and what happened."""
    from adplat.bootstrap import existing_workspace, opened_forecasts
    from adplat.flows.describe_forecasts import forecast_story

    with opened_forecasts(existing_workspace(workspace)) as parts:
        told = forecast_story(parts, forecast)
    if as_json:
        print_json(told)
        return
    _print_forecasts("forecast", [told])
    rows = [
        (
            one["day"] or "total",
            one["metric"],
            *(_number(one["told"][level]) for level in ("p10", "p50", "p90")),
            _number(one["actual"]),
            one["inside_80"],
            one["reason"],
        )
        for one in told["scores"]
    ]
    if rows:
        columns = ("day", "metric", "p10", "p50", "p90", "happened", "inside 80 %", "revised")
        print_table("scores", columns, rows, spare=("revised",))
    else:
        typer.echo("nothing of it is scored yet")
    for change in told["changes"]:
        rest = ", ".join(f"{name}: {value}" for name, value in change.items() if name not in {"at", "by", "action"})
        typer.echo(f"{when(change['at'])} {change['by']}: {change['action']}" + (f" ({rest})" if rest else ""))


def attach(
    forecast: NameArgument,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its campaign_id in the catalogue.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which live campaign carries a forecast out: what comes of it is held against the forecast."""
    from adplat.bootstrap import existing_workspace, opened_forecasts
    from adplat.flows.describe_forecasts import forecast_document
    from adplat.flows.keep_forecast import attach_campaign

    with opened_forecasts(existing_workspace(workspace)) as parts:
        told = forecast_document(attach_campaign(parts, forecast, campaign))
    if as_json:
        print_json(told)
    else:
        say(f"forecast {told['forecast_id']} is carried out by campaign {told['campaign_id']}")


def score(
    data: Annotated[
        Path | None, typer.Option("--data", help="A lake, or the folder around it; default: the workspace's.")
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Count what is scored once more; late data make revisions beside the scores."),
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Nothing more will be written into this lake, as into a simulated one.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold kept forecasts against what happened, each number once it can no longer change."""
    from adplat.bootstrap import existing_workspace, opened_forecasts
    from adplat.flows.score_forecasts import ScorePlan, lake_to_score, score_forecasts

    settings = existing_workspace(workspace)
    lake = lake_to_score(data or settings.workspace)
    plan = ScorePlan(timedelta(days=float(settings.attribution_days)), lake_is_whole=whole)
    with opened_forecasts(settings) as parts, progress_bar() as progress:
        told = score_forecasts(parts, lake, plan, progress, again=again)
    if as_json:
        print_json(told)
        return
    _print_scores(told)


def calibration(
    out: Annotated[Path, typer.Option("--out", help="The page: PAGE.html.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how often the told intervals held: by metric, slice, version, days ahead and week."""
    from adplat.bootstrap import clock, existing_workspace, opened_forecasts
    from adplat.flows.calibrate_forecasts import calibrate_forecasts
    from adplat.flows.score_forecasts import ScorePlan
    from adplat.flows.write_calibration_page import write_calibration_page

    settings = existing_workspace(workspace)
    with opened_forecasts(settings) as parts:
        told = calibrate_forecasts(parts, ScorePlan(timedelta(days=float(settings.attribution_days))))
    write_calibration_page(out, told, clock().now())
    if as_json:
        print_json(told)
        return
    rows = [
        (
            row["metric"],
            row["scope"],
            row["forecasts"],
            *(_held(row[name]) for name in ("held_50", "held_80", "held_95")),
        )
        for row in told["overall"]
    ]
    print_table("intervals that held", ("metric", "of", "forecasts", "50 %", "80 %", "95 %"), rows)
    _print_alerts([stream for stream in told["streams"] if stream["alarmed"]])
    say(f"page: {out}")


def _print_scores(told: dict[str, Any]) -> None:
    for forecast, count in told["scored"].items():
        typer.echo(f"forecast {forecast}: {count} numbers scored")
    for forecast, changed in told["revisions"].items():
        for line in changed:
            typer.echo(f"forecast {forecast}: {line}")
    for forecast, why in told["waiting"].items():
        typer.echo(f"forecast {forecast} waits: {why}")
    if not (told["scored"] or told["revisions"] or told["waiting"]):
        typer.echo("nothing was due")
    _print_alerts(told["alerts"])


def _print_alerts(alerts: list[dict[str, Any]]) -> None:
    from adplat.flows.watch_coverage import alert_words

    for alert in alerts:
        typer.echo(f"alert: {alert_words(alert)}")


def _held(told: dict[str, float]) -> str:
    return f"{told['share']:.0%} ({told['low']:.0%} to {told['high']:.0%})"


def _number(value: float) -> int | float:
    """Whole where the rest says nothing."""
    return round(value) if value.is_integer() or abs(value) >= 100.0 else value


def _print_forecasts(title: str, told: Sequence[dict[str, Any]]) -> None:
    columns = ("forecast", "name", "made", "campaign", "from", "to", "scored")
    print_table(title, columns, [_row(one) for one in told], spare=("made", "campaign"))


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    moments = (when(one[name]) for name in ("flight_start", "flight_end", "scored_at"))
    return one["forecast_id"], one["name"], when(one["made_at"]), one["campaign_id"], *moments
