"""``adplat encode``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.model import CacheOption, WorkersOption
from adplat.cli.output import JsonOption, print_json, progress_bar, say, without_vector


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(encode)


def encode(
    config: Annotated[Path, typer.Argument(help="Training YAML: its schema and encoders are used.")],
    data: Annotated[Path, typer.Option("--data", help="Table folder or world folder.")],
    workers: WorkersOption = 0,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encode the images and texts of a whole catalogue, so that training and deploying find them done."""
    from adplat.bootstrap import encode_catalogue, read_settings

    with progress_bar() as progress:
        made = encode_catalogue(read_settings(), config, data, workers=workers, cache=cache, progress=progress)
    if as_json:
        print_json(made)
        return
    for flag in made["flags"]:
        say(flag)
    if made["problems"]:
        say(without_vector(made["without_vector"], made["problems"][0]))
    say(f"{made['encoded']:,} encoded, {made['cached']:,} there before, in {made['seconds']:.1f} s")
