"""``adplat forecast creative``: what a creative will bring that has never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.domain import MissingInput


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(creative)


def creative(
    headline: Annotated[str, typer.Option(help="Its headline.")],
    bundle: Annotated[Path, typer.Option(metavar="DIR", help="A bundle of 'adplat train'.")],
    data: Annotated[Path, typer.Option(metavar="LAKE", help="World or workspace: holds 'lake' and 'catalogue'.")],
    image: Annotated[Path | None, typer.Option(metavar="FILE", help="Its picture.")] = None,
    body: Annotated[str, typer.Option(help="Its text.")] = "",
    cta: Annotated[str, typer.Option(help="Its call to action.")] = "",
    language: Annotated[str, typer.Option(help="Of its words, as the catalogue writes it.")] = "",
    category: Annotated[str, typer.Option(help="As the catalogue writes it.")] = "",
    advertiser: Annotated[str, typer.Option(metavar="ID", help="Of the catalogue; default: a new one.")] = "",
    placement: Annotated[str, typer.Option(help="There alone; default: everywhere.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Expected click and conversion rate of a picture and words, the known creatives most like it, and what helps."""
    from adplat.bootstrap import read_settings
    from adplat.flows.predict_creative import predict_creative
    from adplat.forecast import NewCreative

    if image is not None and not image.is_file():
        raise MissingInput("no such file", where=str(image), hint="give a PNG or JPEG file")
    with progress_bar() as progress:
        document = predict_creative(
            data,
            NewCreative(headline, body, cta, "" if image is None else image.name, language, category),
            bundle,
            image_folder=Path() if image is None else image.parent,
            cache_dir=read_settings().cache_folder,
            progress=progress,
            advertiser_id=advertiser,
            placement=placement,
        )
    if as_json:
        print_json(document)
        return
    _print_rates(document)
    if document["elements"]:
        print_table(
            "elements, beside those of known creatives of the category (the model's opinion)",
            ("element", "score", "better than"),
            [
                (row["element"], f"{100 * row['lift']:+.1f} %", f"{100 * row['better_than_share']:.0f} %")
                for row in document["elements"]
            ],
        )
    if document["neighbours"]:
        print_table(
            "known creatives most like it",
            ("creative", "similarity", "impressions", "clicks", "click rate"),
            [
                (
                    row["creative_id"],
                    f"{row['similarity']:.2f}",
                    f"{row['impressions']:,}",
                    f"{row['clicks']:,}",
                    f"{100 * row['ctr']:.2f} %",
                )
                for row in document["neighbours"]
            ],
        )
    for note in document["inputs"]["notes"]:
        say(note)


def _print_rates(document: Mapping[str, Any]) -> None:
    rows = [
        (name, *(f"{100 * document[key][told]:.3f} %" for told in ("expected", "p10", "p50", "p90")))
        for name, key in (("clicks a first view", "ctr"), ("conversions a click", "cvr"))
        if document[key] is not None
    ]
    print_table("what it will bring", ("rate", "expected", "p10", "p50", "p90"), rows)
    if document["cvr"] is None:
        say(f"no conversion rate: {document['cvr_unknown']}")
