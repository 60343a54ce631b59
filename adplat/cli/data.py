"""``adplat simulate``, ``adplat data …`` and ``adplat schema``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, progress_bar, say

OutOption = Annotated[Path, typer.Option("--out", help="Folder to write; made whole or not at all.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(simulate)
    app.command()(schema)
    commands = typer.Typer(help="Bring tables in and check them.", no_args_is_help=True)
    commands.command("import")(import_)
    commands.command()(check)
    commands.command()(join)
    app.add_typer(commands, name="data")


def simulate(
    world: Annotated[Path, typer.Argument(help="World YAML, such as configs/worlds/small.yaml.")],
    out: OutOption,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed than the file's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a seeded marketplace: lake, catalogue and pictures, with its truth kept apart."""
    from adplat.flows.simulate_world import simulate_world

    with progress_bar() as progress:
        summary = simulate_world(world, out, seed=seed, progress=progress)
    _finish(summary, as_json, f"wrote {out}")


def import_(
    format_: Annotated[
        str, typer.Argument(metavar="FORMAT", help="open-bandit, criteo, avazu, libfm, ipinyou, csv or parquet.")
    ],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File or folder to read.")],
    out: OutOption,
    schema_file: Annotated[Path | None, typer.Option("--schema", help="Feature schema (csv and parquet).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read a published format into a checked table folder."""
    from adplat.flows.import_data import import_data

    with progress_bar() as progress:
        summary = import_data(format_, source, out, schema_path=schema_file, progress=progress)
    _finish(summary, as_json, f"wrote {out}; look at it with: adplat data check {out}")


def check(
    folder: Annotated[Path, typer.Argument(help="A table folder or a world folder.")],
    schema_file: Annotated[Path | None, typer.Option("--schema", help="Instead of the folder's own.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Report on quality; exit code 2 when the data would spoil a model."""
    from adplat.flows.check_data import check_data, render_check_text

    with progress_bar() as progress:
        report = check_data(folder, schema_path=schema_file, progress=progress)
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo(render_check_text(report))
    return 0 if report.passes else 2


def join(
    world: Annotated[Path, typer.Argument(help="A world folder: a lake with its catalogue.")],
    valid_fraction: Annotated[float, typer.Option(help="Share of the latest rows to hold out; 0 for none.")] = 0.15,
    as_json: JsonOption = False,
) -> None:
    """Join a world's impressions with their outcomes, day by day, into files that training streams."""
    from adplat.flows.join_world import join_world

    with progress_bar() as progress:
        written = join_world(world, valid_fraction=valid_fraction, progress=progress)
    _finish(dict(written), as_json, f"wrote into {world}")


def schema(
    name: Annotated[
        str,
        typer.Argument(
            help="world, train, experiment[-adaptive|-plan|-setup|-assignment], plan, outcomes, brief, feature-schema."
        ),
    ],
    as_json: JsonOption = False,  # noqa: ARG001 - a schema is JSON either way; the option keeps all commands alike
) -> None:
    """Print the JSON Schema of a document."""
    from adplat.flows.describe_document import describe_document

    print_json(describe_document(name))


def _finish(summary: dict[str, Any], as_json: bool, line: str) -> None:
    if as_json:
        print_json(summary)
    else:
        say(line)
        for key, value in summary.items():
            say(f"  {key}: {value}")
