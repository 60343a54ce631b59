"""``adplat forecast sample``: the log's opportunities, made small enough to ask about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, progress_bar, say


def register(commands: typer.Typer) -> None:
    """Add this command to the group."""
    commands.command()(sample)


def sample(
    lake: Annotated[Path, typer.Argument(metavar="LAKE", help="Lake, workspace or world.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write; made whole or not at all.")],
    days: Annotated[int, typer.Option(min=1, help="The last so many days.")] = 56,
    rows: Annotated[
        int, typer.Option(min=1_000, help="Keep at most so many opportunities, by whole people.")
    ] = 200_000,
    currency: Annotated[str, typer.Option(help="Needed where floors are in several.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Keep a sample of whole people's opportunities, and counts of all, for forecasts."""
    from adplat.flows.sample_opportunities import write_opportunity_sample

    with progress_bar() as progress:
        document = write_opportunity_sample(lake, out, progress, days=days, most_rows=rows, currency=currency)
    if as_json:
        print_json(document)
        return
    people = "people unknown" if document["users"] is None else f"{document['users']:,} people"
    say(
        f"{document['opportunities']:,} opportunities of {people}, {document['data_from']} to {document['data_to']}, "
        f"from the lake's {document['source']}"
    )
    if document["source"] == "bids":
        say("  the lake has no requests: only those that were bid on count, and reach cannot be told")
    share = "all" if document["rate"] >= 1.0 else f"1 in {1 / document['rate']:,.1f}"
    say(f"kept {document['sampled']:,} of {document['sampled_users']:,} people ({share}): {out}")
