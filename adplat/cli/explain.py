"""``adplat explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.model import BundleOrConfig
from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(explain)


def explain(
    bundle: BundleOrConfig,
    decision: Annotated[str, typer.Option(help="A logged decision, by its id.")] = "",
    row: Annotated[int | None, typer.Option(min=1, help="A row of the file --data, counted from 1.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder with the lake (default: the workspace), or file of rows.")
    ] = None,
    tables: Annotated[Path | None, typer.Option(help="Where side tables and images lie.")] = None,
    head: Annotated[str, typer.Option(help="click or conversion.")] = "click",
    picture: Annotated[Path | None, typer.Option(help="Also draw the bars here (PNG).")] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="Encoder vectors by content.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Why a score is what it is: what each field, the picture, the words and the history add to its logit."""
    from adplat.bootstrap import read_settings
    from adplat.flows.explain_score import explain_score
    from adplat.flows.trained_bundle import trained_bundle

    settings = read_settings()
    with progress_bar() as progress:
        explained = explain_score(
            trained_bundle(bundle, settings.workspace),
            data or settings.workspace,
            decision=decision,
            row=row,
            head=head,
            cache_dir=cache or settings.cache_folder,
            progress=progress,
            tables_dir=tables,
            picture=picture,
        )
    if as_json:
        print_json(explained.as_json())
        return
    told = explained.explanation
    print_table(
        f"p_{told.head} {told.chance:.5f} = sigmoid({told.logit:+.4f}), by {told.method}",
        ("field", "part", "added to the logit"),
        [
            ("(nothing known)", "start", f"{told.start:+.4f}"),
            *((one.field, one.part, f"{one.value:+.4f}") for one in told.contributions),
        ],
    )
    if explained.logged_chance is not None:
        say(f"logged: {explained.logged_chance:.5f} by bundle {explained.logged_bundle[:20] or 'unknown'}")
    if picture is not None:
        say(f"wrote {picture}")
