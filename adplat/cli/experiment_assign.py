"""``adplat experiment assign``: which arm a unit would get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar


def register(commands: typer.Typer) -> None:
    """Add this command to the group ``experiment``."""
    commands.command()(assign)


def assign(
    experiment: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="JSON or YAML; see adplat schema experiment-assignment.")
    ],
    units: Annotated[list[str] | None, typer.Argument(metavar="UNIT…", help="User keys, or request ids.")] = None,
    units_file: Annotated[
        Path | None, typer.Option("--units", help="A text file with a unit a line; they are counted.")
    ] = None,
    holdout: Annotated[float, typer.Option(help="Share of all units that no experiment touches.")] = 0.0,
    layer_holdout: Annotated[float, typer.Option(help="The same for the experiment's layer.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Say which arm each unit would get, as the bidding service would, and count them."""
    from adplat.flows.assign_units import assign_units

    with progress_bar() as progress:
        document = assign_units(
            experiment, units or [], units_file, progress, holdout=holdout, layer_holdout=layer_holdout
        )
    if as_json:
        print_json(document)
        return
    if document["assigned"]:
        print_table(
            f"units of {document['experiment_id']}",
            (document["unit"], "arm"),
            [(one["unit"], one["arm"]) for one in document["assigned"]],
        )
    print_table("arms", ("arm", "units", "share", "planned"), [tuple(arm.values()) for arm in document["arms"]])
    typer.echo(f"not in it: {document['not_in_it']:,}")
    if document["srm"]["p_value"] is not None:
        typer.echo(f"sample ratio p = {document['srm']['p_value']:.4g}")
