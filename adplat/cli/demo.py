"""``adplat demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.model import print_metrics
from adplat.cli.output import JsonOption, print_json, progress_bar, say


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


def demo(
    workspace: Annotated[Path, typer.Option(help="Folder that receives everything.")] = Path("adplat-demo"),
    requests: Annotated[int, typer.Option(min=100, help="Requests to play.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 1,
    world: Annotated[Path | None, typer.Option(help="Another world than configs/worlds/demo.yaml.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The whole loop on a small world, in one command, with a report to open. About three minutes."""
    from adplat.bootstrap import clock, demo_parts, demo_plan, lock_workspace, read_settings
    from adplat.flows.run_demo import Learned, run_demo
    from adplat.flows.write_demo_report import demo_findings, demo_json, write_demo_report

    def tell(learned: Learned) -> None:
        if not as_json:
            print_metrics("Later in time than the training rows", learned.on_later())
            print_metrics("Creatives that were never shown", {k: dict(v) for k, v in learned.on_new.items()})

    settings = read_settings(workspace=workspace)
    with lock_workspace(settings, "demo"), progress_bar() as progress:
        outcome = run_demo(demo_plan(settings, requests, seed, world), demo_parts(settings, progress), progress, tell)
        report = workspace / "report.html"
        write_demo_report(outcome, report, clock().now())
    if as_json:
        print_json(demo_json(outcome, report))
        return
    for finding in demo_findings(outcome):
        typer.echo(f"• {finding}")
    say(f"report: {report.resolve()}")
