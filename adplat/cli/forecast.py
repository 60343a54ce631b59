"""``adplat forecast …``."""

from __future__ import annotations

import typer

from adplat.cli import (
    forecast_creative,
    forecast_kept,
    forecast_landscape,
    forecast_learn,
    forecast_outcomes,
    forecast_run,
    forecast_sample,
    forecast_split,
)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    commands = typer.Typer(help="What a campaign will meet and deliver.", no_args_is_help=True)
    forecast_landscape.register(commands)
    forecast_outcomes.register(commands)
    forecast_sample.register(commands)
    forecast_kept.register(commands)
    forecast_split.register(commands)
    forecast_run.register(commands)
    forecast_learn.register(commands)
    forecast_sample.register(commands)
    forecast_creative.register(commands)
    app.add_typer(commands, name="forecast")
