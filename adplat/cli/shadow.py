"""``adplat model shadow`` and ``adplat model shadow-report``: a second bundle looks on, and what it saw."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.comparison_rows import compared, short
from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import ConfigRejected


def register(commands: typer.Typer) -> None:
    """Add these commands to the group ``model``."""
    commands.command("shadow")(shadow)
    commands.command("shadow-report")(shadow_report)


def shadow(
    bundle: Annotated[
        str, typer.Argument(help="Bundle folder or registered id; without one, says who looks on now.")
    ] = "",
    share: Annotated[float, typer.Option(help="Share of the decisions that it scores too.")] = 1.0,
    off: Annotated[bool, typer.Option("--off", help="Let no bundle look on any more.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a second bundle score decisions after they were answered; it decides nothing."""
    from adplat.bootstrap import existing_workspace, lock_workspace, opened_registry
    from adplat.flows.shadow_bundle import start_shadow, stop_shadow
    from adplat.snapshots import ShadowPointer

    if off and bundle:
        raise ConfigRejected("a bundle and --off", where=bundle, hint="give one of the two")
    settings = existing_workspace(workspace)
    if off or bundle:
        with lock_workspace(settings, "deploy"), opened_registry(settings) as parts, progress_bar() as progress:
            found = stop_shadow(parts) if off else start_shadow(parts, bundle, share, progress)
    else:
        found = ShadowPointer(settings.workspace).read()
    if as_json:
        now = None if off or found is None else asdict(found)
        print_json({"shadow": now, "ended": found.bundle_id if off and found else None})
    elif off:
        say(f"{short(found.bundle_id)} looks on no more" if found else "no bundle was looking on")
    elif found is None:
        say("no bundle looks on")
    else:
        say(f"{short(found.bundle_id)} scores {found.share:.0%} of the decisions, since {found.since:%Y-%m-%d %H:%M}")


def shadow_report(
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder that holds the lake; default: the workspace.")
    ] = None,
    bundle: Annotated[str, typer.Option(help="Beginning of the shadow's id; default: the one that scored last.")] = "",
    report: Annotated[Path | None, typer.Option(help="Also write a page with pictures (.html).")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Live and shadow on what came back: scores, PCOC, log loss, AUC, and the difference with its interval."""
    import numpy as np

    from adplat.bootstrap import clock, read_settings
    from adplat.flows.report_shadow import report_shadow
    from adplat.flows.write_shadow_page import write_shadow_page

    folder = data or read_settings(workspace=workspace).workspace
    with progress_bar() as progress:
        told = report_shadow(folder, np.random.default_rng(seed), progress, bundle=bundle)
        if report is not None:
            write_shadow_page(report, told, folder, clock().now())
    if as_json:
        print_json(told)
        return
    _print_report(told)
    if report is not None:
        say(f"page: {report}")


def _print_report(told: dict[str, Any]) -> None:
    live = ", ".join(short(name) for name in told["live_bundle_ids"])
    print_table(
        f"Scores of {told['scored']:,} decisions",
        ("", "mean", "p5", "p25", "p50", "p75", "p95"),
        [(name, *told["scores"][side].values()) for side, name in (("a", f"live {live}"), ("b", _shadow(told)))],
    )
    say(f"the same creative is likeliest for both in {told['same_first']:.1%} of the decisions")
    outcomes = told["outcomes"]
    if outcomes is None:
        say("none of these decisions has come back as an impression yet")
        return
    print_table(
        f"On {told['shown']:,} that were shown, with {outcomes['positives']:,} clicks",
        ("", "live", "shadow", "difference", "95 % interval", "better"),
        [compared(name, figures) for name, figures in outcomes["overall"].items() if name != "rows"],
    )
    say("better: a is the live bundle, b the shadow; a dash means that these rows do not tell")


def _shadow(told: dict[str, Any]) -> str:
    return f"shadow {short(told['shadow_bundle_id'])}"
