"""``adplat market``: what auctions taught of prices, and what bids are shaded by."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption

commands = typer.Typer(help="What the market taught: prices of first-price auctions.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(commands, name="market")


@commands.command("fit")
def fit(
    days: Annotated[
        int | None, typer.Option(min=1, help="Auctions of so many days; default: ADPLAT_SHADING_WINDOW_DAYS.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn from the lake's ended auctions what to offer in first-price ones; replicas bid by it within a second."""
    from adplat.bootstrap import clock, read_settings, require_workspace
    from adplat.data import Lake
    from adplat.flows.learn_prices import learn_prices
    from adplat.snapshots import ShadingFile

    settings = read_settings(workspace=workspace)
    require_workspace(settings)
    window_days = days or settings.shading_window_days
    file = ShadingFile(settings.workspace)
    with progress_bar() as progress:
        told = learn_prices(Lake(settings.lake_folder), file, clock().now(), window_days=window_days, progress=progress)
    if as_json:
        print_json({"window_days": window_days, "currencies": [asdict(one) for one in told]})
        return
    if not told:
        say(f"no first-price auction of ours has ended in the last {window_days} days: bids stay as they are")
    for one in told:
        verdict = "bids are shaded by it from now on" if one.is_taken else f"not taken: {one.why_not}"
        say(
            f"{one.currency}: {one.auctions:,} auctions in {one.segments} segments, {one.won:,} won, price told of "
            f"{one.told:,}; {verdict}"
        )
        if one.silent_segments:
            say(f"  {one.silent_segments} segments were left out: hardly any loss is told there")
        if one.trial is not None:
            say(
                f"  on {one.trial.auctions:,} held-out auctions: {one.trial.surplus_micros:,.1f} micros expected of "
                f"each, {one.trial.surplus_before_micros:,.1f} before"
            )


@commands.command("show")
def show(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """What first-price bids are shaded by now."""
    from adplat.bootstrap import read_settings
    from adplat.snapshots import ShadingFile

    learned = ShadingFile(read_settings(workspace=workspace).workspace).read()
    models = {} if learned is None else dict(learned.by_currency)
    if as_json:
        told: dict[str, Any] = {
            currency: {"fitted": learned.fitted[currency], **model.as_json()}
            for currency, model in models.items()
            if learned is not None
        }
        print_json({"currencies": told})
        return
    if learned is None or not models:
        say("nothing is learned: a first-price bid is the value")
        return
    for currency, model in models.items():
        rows = [("any other", model.whole), *sorted(model.by_key.items())]
        print_table(
            f"{currency}, fitted {learned.fitted[currency]:%Y-%m-%d %H:%M} UTC",
            ("segment", "auctions", "half are won at, micros", "scale"),
            [(key, f"{law.auctions:,}", f"{law.median_micros:,.0f}", f"{law.scale:.3f}") for key, law in rows],
        )


@commands.command("forget")
def forget(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Bid the value again in first-price auctions, until the next model is learned."""
    from adplat.bootstrap import read_settings
    from adplat.snapshots import ShadingFile

    was_there = ShadingFile(read_settings(workspace=workspace).workspace).remove()
    if as_json:
        print_json({"forgotten": was_there})
        return
    say("what was learned of prices is forgotten" if was_there else "nothing was learned")
