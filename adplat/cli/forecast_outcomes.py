"""``adplat forecast outcomes fit|predict`` and ``adplat forecast series``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, progress_bar
from adplat.cli.service import WorkspaceOption

DataOption = Annotated[Path, typer.Option("--data", help="Rows of past campaigns: .csv or .parquet.")]


def register(commands: typer.Typer) -> None:
    """Add these commands to the group."""
    outcomes = typer.Typer(help="What comes of rows whose impressions are known.", no_args_is_help=True)
    outcomes.command()(fit)
    outcomes.command()(predict)
    commands.add_typer(outcomes, name="outcomes")
    commands.command()(series)


def fit(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="YAML; see adplat schema outcomes.")],
    data: DataOption,
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the bundle.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn from a table of past campaigns; the workspace remembers the bundle under the config's name."""
    from adplat.bootstrap import read_settings
    from adplat.flows.fit_outcomes import fit_outcomes

    with progress_bar() as progress:
        document = fit_outcomes(
            config, data, out, workspace=read_settings(workspace=workspace).workspace, progress=progress
        )
    if as_json:
        print_json(document)
    else:
        typer.echo(f"fitted {document['name']} on {document['rows']:,} rows into {document['bundle']}")


def predict(
    what: Annotated[Path, typer.Argument(metavar="CONFIG|BUNDLE", help="A bundle, or the config that was fitted.")],
    data: DataOption,
    out: Annotated[Path, typer.Option("--out", help="Quantiles a row, in row order: .csv or .parquet.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="The bundle; by default the config's last fit in the workspace.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell p10, p50 and p90 of every outcome for every row; columns of outcomes may be absent and are never read."""
    from adplat.bootstrap import read_settings
    from adplat.flows.predict_outcomes import predict_outcomes

    document = predict_outcomes(what, data, out, workspace=read_settings(workspace=workspace).workspace, model=model)
    if as_json:
        print_json(document)
    else:
        typer.echo(f"wrote quantiles of {document['rows']:,} rows to {document['out']} with {document['bundle']}")


def series(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A date and a value a row: .csv or .parquet.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Days ahead; hours where the rows are hours.")],
    out: Annotated[Path, typer.Option("--out", help="Columns date, p10, p50, p90: .csv or .parquet.")],
    date_column: Annotated[str, typer.Option(help="By default the first column.")] = "",
    value_column: Annotated[str, typer.Option(help="By default the first other column.")] = "",
    holidays: Annotated[
        Path | None, typer.Option(help="A table with the columns date and name, of the past and of the horizon.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a daily or hourly series goes on: weekly shape, level and trend, and the spread they had before."""
    from adplat.flows.forecast_series import forecast_file

    document = forecast_file(
        file, horizon, out, moment_column=date_column, value_column=value_column, holidays=holidays
    )
    if as_json:
        print_json(document)
    else:
        gaps = f", {document['gaps']:,} gaps" if document["gaps"] else ""
        typer.echo(
            f"wrote {horizon:,} {document['step']}s after {document['data_to']} to {document['out']} "
            f"(from {document['known']:,}{gaps})"
        )
