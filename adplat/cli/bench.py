"""``adplat bench NAME``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(bench)


def bench(
    name: Annotated[
        str, typer.Argument(help="demo, real, ctr, bidding, bandit, experiments, forecast, generation or admin.")
    ],
    only: Annotated[str, typer.Option(help="Only figures whose id starts with this.")] = "",
    quick: Annotated[bool, typer.Option("--quick", help="A smaller look of the same shape.")] = False,
    write: Annotated[Path | None, typer.Option(help="Also write the page docs/benchmarks/NAME.md here.")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder whose cache keeps the rivals and encoded pictures.")
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Of admin: rows of hourly metrics; default 10 million.")] = None,
    database: Annotated[
        str, typer.Option(help="Of admin: sqlite or postgresql; default both, one after the other.")
    ] = "",
    as_json: JsonOption = False,
) -> int:
    """Measure a claim beside its rivals; exit code 1 when a figure does not hold."""
    from adplat.bootstrap import read_settings, run_benchmark

    with progress_bar() as progress:
        settings = read_settings(workspace=workspace)
        document = run_benchmark(
            settings, name, only=only, quick=quick, page=write, progress=progress, rows=rows, database=database
        )
    if as_json:
        print_json(document)
    else:
        print_table(
            f"bench {name} on {document['machine']}",
            ("figure", "what", "value", "unit", "op", "target", "rival", "rival value", "holds"),
            [
                tuple(
                    figure[key]
                    for key in ("id", "what", "value", "unit", "op", "target", "rival", "rival_value", "holds")
                )
                for figure in document["figures"]
            ],
            spare=("rival value", "rival"),
        )
        if write is not None:
            say(f"wrote {write}")
    return 0 if all(figure["holds"] for figure in document["figures"]) else 1
