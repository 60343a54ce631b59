"""``adplat forecast learn``: what past campaigns teach of forecasts to come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption


def register(commands: typer.Typer) -> None:
    """Add this command to the group."""
    commands.command()(learn)


def learn(
    past: Annotated[
        Path | None,
        typer.Argument(
            metavar="PAST",
            help='Lines {"forecast": result of run --json, "actual": {"clicks": 12, …}}; default: the kept forecasts.',
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write, whole; default: the one that forecast run takes."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Deals campaigns to folds.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn from forecasts and what came of them; only what helps campaigns that it has not seen is taken."""
    from adplat.bootstrap import existing_workspace, opened_forecasts, read_settings

    settings = existing_workspace(workspace) if past is None else read_settings(workspace=workspace)
    place = settings.learned_correction if out is None else out
    if past is None:
        from adplat.flows.learn_from_kept import learn_from_kept

        with opened_forecasts(settings) as parts, progress_bar() as progress:
            document = learn_from_kept(parts, place, progress, seed=seed)
    else:
        from adplat.flows.learn_correction import learn_correction_file

        with progress_bar() as progress:
            document = learn_correction_file(past, place, progress, seed=seed)
    if as_json:
        print_json(document)
        return
    _show(document)


def _show(document: Mapping[str, Any]) -> None:
    if document.get("left_out"):
        say(f"left out {document['left_out']:,} forecasts: told again before the flight, or of an older release")
    if document["correction"] is None:
        say(
            f"nothing is learned from {document['campaigns']:,} campaigns: it takes {document['fewest']}, scored to "
            "the end; nothing is written"
        )
        return
    print_table(
        f"learned from {document['campaigns']:,} campaigns",
        ("metric", "campaigns", "way", "judged on", "loss before", "loss after"),
        [_row(metric, trial) for metric, trial in document["metrics"].items()],
    )
    if not document["correction_id"]:
        say("nothing helps campaigns that it has not seen: forecasts are told as they are")
    say(f"wrote {document['correction']}")


def _row(metric: str, trial: Mapping[str, Any]) -> tuple[Any, ...]:
    losses = (trial[name] for name in ("loss_before", "loss_after"))
    return (
        metric,
        trial["campaigns"],
        trial["way"],
        trial["judged"] or None,
        *(None if loss is None else f"{loss:,.3g}" if loss < 1_000 else f"{loss:,.0f}" for loss in losses),
    )
