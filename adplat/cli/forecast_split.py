"""``adplat forecast split`` and ``adplat forecast advise``: where the next money goes, from told forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.domain import ConfigRejected

if TYPE_CHECKING:
    from adplat.forecast import Objective

ForecastFiles = Annotated[
    list[Path], typer.Argument(metavar="FORECAST…", help="What 'adplat forecast run --json' printed, one a campaign.")
]
ObjectiveOption = Annotated[str, typer.Option(help="clicks, conversions, value, or profit (value less spend).")]
SeedOption = Annotated[int, typer.Option(min=0, help="Of the drawn curves.")]
HELD = {"at_least": "at least", "at_most": "at most", "replayed": "replayed to", None: ""}


def register(commands: typer.Typer) -> None:
    """Add these commands to the group."""
    commands.command()(split)
    commands.command()(advise)


def split(
    forecasts: ForecastFiles,
    budget: Annotated[int, typer.Option(metavar="MICROS", help="Total to be split, in micros of the currency.")],
    objective: ObjectiveOption = "conversions",
    at_least: Annotated[
        list[str] | None,
        typer.Option("--at-least", metavar="NAME=MICROS", help="For a campaign; NAME,NAME=MICROS for some together."),
    ] = None,
    at_most: Annotated[
        list[str] | None,
        typer.Option("--at-most", metavar="NAME=MICROS", help="For a campaign; NAME,NAME=MICROS for some together."),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw it (.png, .svg).")] = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Split a budget over campaigns so that it brings most, within what was replayed of each."""
    from adplat.flows.split_forecast_budget import require_split_picture, split_forecast_budget

    require_split_picture(picture)
    wanted = _objective(objective)
    bounds = _bounds(at_least or (), at_most or ())
    with progress_bar() as progress:
        document = split_forecast_budget(forecasts, budget, wanted, progress, bounds=bounds, seed=seed, picture=picture)
    if as_json:
        print_json(document)
        return
    _print_split(document)
    _say_advice(document["advice"])
    if picture is not None:
        say(f"wrote {picture}")


def advise(
    forecast: Annotated[Path, typer.Argument(metavar="FORECAST", help="What 'adplat forecast run --json' printed.")],
    what_if: Annotated[
        list[Path] | None,
        typer.Option("--what-if", metavar="OTHER", help="A forecast of the plan changed in one thing; again for more."),
    ] = None,
    objective: ObjectiveOption = "conversions",
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Say what a tenth more money, other bids or targeting, and pausing a creative would bring."""
    from adplat.flows.advise_forecast import advise_forecast

    with progress_bar() as progress:
        document = advise_forecast(forecast, what_if or (), _objective(objective), progress, seed=seed)
    if as_json:
        print_json(document)
        return
    _say_advice(document["advice"])


def _print_split(document: Mapping[str, Any]) -> None:
    currency = document["currency"] or "of the lake's currency"
    counted = document["objective"] in {"clicks", "conversions"}
    last = "next one costs" if counted else "last unit brings"
    print_table(
        f"{document['budget_micros'] / 1e6:,.2f} {currency} for {document['objective']}",
        ("campaign", "today", "in proportion", "advised", "brings", last, "gain", "95 %", "held by"),
        [
            (
                one["name"],
                _units(one["today_micros"]),
                _units(one["proportional_micros"]),
                _units(one["advised_micros"]),
                _outcome(one["outcome"], counted),
                _next_cost(one) if counted else f"{one['marginal_outcome_per_unit'] / 1e6:.3f}",
                *_gain(one["gain"], counted),
                HELD[one["held_by"]],
            )
            for one in document["campaigns"]
        ],
        spare=("in proportion", "95 %"),
    )
    total = document["outcome"]
    say(
        f"in all {_outcome(total['p50'], counted)} (95 %: {_outcome(total['p2.5'], counted)} to "
        f"{_outcome(total['p97.5'], counted)}); over today's proportions {' '.join(_gain(document['gain'], counted))}"
    )
    if document["unspent_micros"]:
        say(
            f"{document['unspent_micros'] / 1e6:,.2f} {currency} are left: no campaign can use them within its bounds "
            "and what was replayed"
        )
    rising = [
        one["name"] for one in document["campaigns"] if one["held_by"] == "replayed" and one["curve"]["still_rises"]
    ]
    if rising:
        say(f"{', '.join(rising)} would use more than was replayed: forecast with a larger budget to know")


def _say_advice(advice: Sequence[Mapping[str, Any]]) -> None:
    """On stdout, for it is the result."""
    told = [one for one in advice if one["worth_saying"]]
    for one in told:
        typer.echo(one["en"])
        typer.echo(f"  {one['zh']}")
    left = len(advice) - len(told)
    if left:
        say(f"{left} more would bring no gain that can be told from none; --json has them")


def _objective(name: str) -> Objective:
    from adplat.forecast import Objective

    try:
        return Objective(name)
    except ValueError:
        raise ConfigRejected(
            f"unknown objective {name!r}", where="--objective", hint=f"take one of: {', '.join(Objective)}"
        ) from None


def _bounds(at_least: Sequence[str], at_most: Sequence[str]) -> Any:
    from adplat.forecast import GroupBounds, SplitBounds

    least, most = _pairs(at_least, "--at-least"), _pairs(at_most, "--at-most")
    groups = [
        GroupBounds(",".join(names), names, least.get(names, 0), most.get(names))
        for names in dict.fromkeys([*least, *most])
        if len(names) > 1
    ]
    return SplitBounds(
        {names[0]: micros for names, micros in least.items() if len(names) == 1},
        {names[0]: micros for names, micros in most.items() if len(names) == 1},
        groups,
    )


def _pairs(told: Sequence[str], option: str) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for one in told:
        name, equals, micros = one.rpartition("=")
        names = tuple(part.strip() for part in name.split(","))
        try:
            value = int(micros)
        except ValueError:
            value = -1
        if not equals or value < 0 or not all(names):
            raise ConfigRejected(f"{one!r} is no bound", where=option, hint="write NAME=MICROS, whole micros from 0")
        if names in found:
            raise ConfigRejected(f"{name!r} is bounded twice", where=option, hint="give one bound")
        found[names] = value
    return found


def _units(micros: float) -> str:
    return f"{micros / 1e6:,.2f}"


def _outcome(value: float, counted: bool) -> str:
    return f"{value:,.1f}" if counted else _units(value)


def _next_cost(one: Mapping[str, Any]) -> str | None:
    cost = one["marginal_cost_micros"]
    if cost is None:
        return None
    return f"{cost['value'] / 1e6:,.2f} ({cost['low'] / 1e6:,.2f} to {cost['high'] / 1e6:,.2f})"


def _gain(gain: Mapping[str, float], counted: bool) -> tuple[str, str]:
    ends = f"{_outcome(gain['low'], counted)} to {_outcome(gain['high'], counted)}"
    return f"{'+' if gain['value'] >= 0 else ''}{_outcome(gain['value'], counted)}", ends
