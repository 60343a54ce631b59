"""``adplat forecast run``: what a planned campaign will bring."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption

MICROS = 1_000_000
_TOLD = ("p2.5", "p10", "p50", "p90", "p97.5")
_NAMES = ("impressions", "reach", "clicks", "conversions", "value_micros", "spend_micros")
_NOT_KEPT = "not kept: a refusal promises nothing that could be held against what happens"
_RATIOS = ("cpa_micros", "roas", "win_rate", "frequency")


def register(commands: typer.Typer) -> None:
    """Add this command to the group."""
    commands.command()(run)


def run(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan, YAML or JSON; see 'adplat schema plan'.")],
    data: Annotated[Path, typer.Option("--data", metavar="LAKE", help="Lake, world or workspace.")],
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="DIR", help="A model bundle; default: the log alone speaks.")
    ] = None,
    correction: Annotated[
        str | None,
        typer.Option(
            "--correction",
            metavar="FILE|none",
            help="What past campaigns taught; default: what 'forecast learn' left in the workspace, if anything.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the replay's draws.")] = 0,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the days.")] = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="Also draw it (.png, .svg).")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it in the workspace, to be held against what happens.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a planned campaign will bring, a day and in all, as quantiles; or why nobody knows."""
    from adplat.bootstrap import opened_forecasts, read_settings
    from adplat.flows.forecast_run import run_forecast

    settings = read_settings(workspace=workspace, forecast_correction=correction)
    corrected_by = settings.correction_of_forecasts
    if not settings.forecast_correction and not settings.learned_correction.is_file():
        corrected_by = None  # nothing was learned yet
    with ExitStack() as stack:
        # Opened first: a database that is away is told before the work is done, not after it.
        parts = stack.enter_context(opened_forecasts(settings)) if keep else None
        progress = stack.enter_context(progress_bar())
        document = run_forecast(
            plan,
            data,
            progress,
            bundle_dir=bundle,
            correction_path=corrected_by,
            cache_dir=settings.cache_folder,
            seed=seed,
            csv_path=csv,
            picture=picture,
            keep_in=parts,
        )
    if as_json:
        print_json(document)
        if keep and document["refused"]:
            say(_NOT_KEPT)
        return
    if document["refused"]:
        say("no forecast:")
        for one in document["reasons"]:
            say(f"  {one['what']}: {one['hint']}")
        if keep:
            say(_NOT_KEPT)
        return
    _show(document)
    if keep:
        name, campaign = document["forecast_id"], document["plan"]["campaign_id"]
        attach = "" if campaign else f"; once it runs: adplat forecast attach {name} CAMPAIGN"
        say(f"kept as {name}{attach}")
    for path in (csv, picture):
        if path is not None:
            say(f"wrote {path}")


def _show(document: Mapping[str, Any]) -> None:
    plan, total = document["plan"], document["total"]
    rows = [_row(name, total[name]) for name in _NAMES]
    rows += [_row(f"reach, {times} times or more", total["reach_times"][times]) for times in ("2", "3", "5")]
    rows += [_row(name, total[name]) for name in _RATIOS]
    money = plan["currency"] or "the lake's currency"
    print_table(f"{plan['name']}, {plan['start']} to {plan['end']}, money in {money}", ("", *_TOLD), rows)
    print_table(
        "a day (p10 to p90)",
        ("day", *(name.removesuffix("_micros") for name in _NAMES)),
        [(day["date"], *(_span(name, day[name]) for name in _NAMES)) for day in document["daily"]],
        spare=("value", "reach", "conversions"),
    )
    print_table(
        "by budget",
        ("budget", *(name.removesuffix("_micros") for name in ("spend_micros", *_NAMES[:-1]))),
        [
            tuple(_figure(name, point[name]) for name in ("budget_micros", "spend_micros", *_NAMES[:-1]))
            for point in document["curve"]
        ],
    )
    for note in document["notes"]:
        say(note)


def _row(name: str, told: Mapping[str, Any] | None) -> tuple[str, ...]:
    cells = ["–"] * len(_TOLD) if told is None else [_figure(name, told[level]) for level in _TOLD]
    return (name.removesuffix("_micros"), *cells)


def _span(name: str, told: Mapping[str, Any] | None) -> str:
    return "–" if told is None else f"{_figure(name, told['p10'])} to {_figure(name, told['p90'])}"


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name.endswith("_micros"):
        return f"{value / MICROS:,.2f}"
    if name in ("roas", "win_rate", "frequency"):
        return f"{value:.3f}"
    return f"{value:,.0f}"
