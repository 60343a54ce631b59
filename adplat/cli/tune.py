"""``adplat tune``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(tune)


def tune(
    config: Annotated[Path, typer.Argument(help="Training YAML to start from.")],
    data: Annotated[Path, typer.Option("--data", help="Table folder or world folder.")],
    out: Annotated[Path, typer.Option("--out", help="YAML to write the best config to; the study stands beside it.")],
    trials: Annotated[int, typer.Option(min=1, help="Trials in all, those of earlier runs included.")] = 20,
    space: Annotated[Path | None, typer.Option(help="What may change; default: spaces/ beside the config.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only the latest so many training rows.")] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="Encoder vectors by content.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Search the settings of a config on an inner, time-ordered split; run again to go on."""
    from adplat.bootstrap import read_settings
    from adplat.flows.tune_model import tune_model

    with progress_bar() as progress:
        tuned = tune_model(
            config,
            data,
            out,
            trials=trials,
            cache_dir=cache or read_settings().cache_folder,
            progress=progress,
            space_path=space,
            sample=sample,
        )
    if as_json:
        print_json(tuned.as_json())
        return
    names = list(tuned.best_settings)
    print_table(
        f"trials, loss by {tuned.monitor} on later rows of the training part",
        ("trial", "state", "loss", "auc", *names),
        [
            tuple(trial.get(name) for name in ("number", "state", "loss", "auc", *names))
            for trial in sorted(tuned.trials, key=lambda told: (told["state"] != "complete", told["loss"] or 0.0))
        ],
    )
    say(f"best config: {out}")
