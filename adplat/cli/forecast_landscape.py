"""``adplat forecast landscape``: what share of auctions a bid wins, and at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.domain import ConfigRejected


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(help="The bid landscape: what a bid wins, and at what price.", no_args_is_help=True)
    commands.command()(fit)
    commands.command()(show)
    app.add_typer(commands, name="landscape")


def fit(
    lake: Annotated[
        Path, typer.Argument(metavar="LAKE", help="Lake, workspace, world, or a folder of 'data import ipinyou'.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write; made whole or not at all.")],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="COLUMN", help="Tell auctions apart by this; again for more. Default: what is there."
        ),
    ] = None,
    currency: Annotated[str, typer.Option(help="Needed where bids are in several.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="The last so many days; default: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of first weights and drawn samples.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Learn from ended auctions, won and lost, what share of them a bid wins."""
    from adplat.bootstrap import clock
    from adplat.flows.fit_bid_landscape import fit_bid_landscape

    with progress_bar() as progress:
        document = fit_bid_landscape(
            lake, out, clock(), progress, by=by or (), currency=currency, since_days=days, seed=seed
        )
    if as_json:
        print_json(document)
        return
    _say_what_it_is(document)
    say(f"wrote {out}; look at it with: adplat forecast landscape show {out}")


def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of 'adplat forecast landscape fit'.")],
    bid: Annotated[
        list[float] | None, typer.Option("--bid", metavar="MICROS", help="For one impression; again for more.")
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="COLUMN=VALUE", help="In this context; again for more columns."),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw it (.png, .svg).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Bids, their chance to win with its interval, and what won auctions cost."""
    from adplat.flows.show_bid_landscape import show_bid_landscape

    document = show_bid_landscape(
        file, bids_micros=bid or (), context=None if context is None else _pairs(context), picture=picture
    )
    if as_json:
        print_json(document)
        return
    currency = document["source"]["currency"] or "unknown currency"
    told = "all auctions" if context is None else ", ".join(context)
    print_table(
        f"{told}, micros of {currency} for one impression",
        ("bid", "wins", "interval", "second-price win costs"),
        [
            (
                f"{row['bid_micros']:,.0f}",
                f"{100 * row['win_probability']:.1f} %",
                "–" if row["low"] is None else f"{100 * row['low']:.1f} to {100 * row['high']:.1f} %",
                "–" if row["expected_price_micros"] is None else f"{row['expected_price_micros']:,.0f}",
            )
            for row in document["bids"]
        ],
    )
    if document["unknown"]:
        say(f"taken as unknown: {', '.join(document['unknown'])}")
    _say_what_it_is(document)
    if picture is not None:
        say(f"wrote {picture}")


def _pairs(told: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    for one, (name, equals, _) in zip(told, pairs, strict=True):
        if not name or not equals:
            raise ConfigRejected(f"{one!r} is no context", where="--context", hint="write COLUMN=VALUE")
    return {name: value for name, _, value in pairs}


def _say_what_it_is(document: Mapping[str, Any]) -> None:
    say(
        f"{document['auctions']:,} auctions, {document['won']:,} won, price told of {document['told']:,}; nothing is "
        f"known of bids above {document['known_to_micros']:,.0f}"
    )
    if document["source"]["silent_places"]:
        say(f"  {document['source']['silent_places']} places were left out: no loss is ever told there")
    trial = document["trial"]
    if document["by_context"] is None:
        say("by context: no" if trial is None else "by context: no, it foretold later auctions no better")
    else:
        say(f"by context: {', '.join(document['by_context'])}")
    if trial is None:
        return
    likelihoods = f"log-likelihood {trial['log_likelihood']:.4f}, of one curve {trial['whole_log_likelihood']:.4f}"
    if trial["logloss"] is None:
        say(f"  on {trial['auctions']:,} later auctions: {likelihoods}")
    else:
        say(
            f"  on {trial['auctions']:,} later auctions: logloss of wins {trial['logloss']:.4f}, of one curve "
            f"{trial['whole_logloss']:.4f}; calibration error {trial['calibration_error']:.4f}; {likelihoods}"
        )
