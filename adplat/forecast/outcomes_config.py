"""What a table of past campaigns is: which column says what was shown, to whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from adplat.domain import ConfigRejected

Name = Annotated[str, Meta(min_length=1, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
IMPRESSIONS = "impressions"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that came of the rows.

    ``column`` holds it. Without ``per`` it is a count, whole numbers from 0; with ``per`` it is an amount, paid for
    each of what ``per`` names: a counted outcome above, or ``impressions``. Each of a count with ``of`` comes of one of
    the count above that it names, nearly: few or none come where there is none of those.
    """

    column: Annotated[str, Meta(min_length=1)]
    per: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class OutcomesConfig:
    """The document ``outcomes``: one YAML file a table.

    ``impressions``, ``categories`` and ``numbers`` are columns that are known before. ``campaign`` names the column of
    campaigns where rows to be told may belong to campaigns that never ran; without it a row stands for itself. Nothing
    of ``outcomes`` is ever read by a prediction.
    """

    name: Name
    impressions: Annotated[str, Meta(min_length=1)]
    outcomes: dict[str, Outcome]
    campaign: str = ""
    categories: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    folds: Annotated[int, Meta(ge=2, le=20)] = 5
    seed: Annotated[int, Meta(ge=0)] = 0


def check_outcomes_config(config: OutcomesConfig, *, where: str) -> None:
    """Raises ConfigRejected on what types alone do not rule out."""
    if not config.outcomes:
        raise ConfigRejected("no outcome is named", where=where, hint="write 'outcomes: {clicks: {column: Clicks}}'")
    told = [config.impressions, *([config.campaign] if config.campaign else []), *config.categories, *config.numbers]
    twice = [column for column in told if told.count(column) > 1]
    if twice:
        raise ConfigRejected(f"column {twice[0]!r} has two parts", where=where, hint="name it once")
    counted: list[str] = []
    for name, outcome in config.outcomes.items():
        if outcome.column in told:
            raise ConfigRejected(
                f"column {outcome.column!r} is an outcome and known before",
                where=f"{where}: outcomes: {name}",
                hint="what came of a row may not be read by its prediction; take it out of the known columns",
            )
        if outcome.of:
            _check_part(config, name, outcome, counted, where)
        elif not outcome.per:
            counted.append(name)
        elif outcome.per not in (IMPRESSIONS, *counted):
            raise ConfigRejected(
                f"paid per {outcome.per!r}, which is no counted outcome above",
                where=f"{where}: outcomes: {name}",
                hint=f"name one of: {', '.join([IMPRESSIONS, *counted])}",
            )


def _check_part(config: OutcomesConfig, name: str, outcome: Outcome, counted: list[str], where: str) -> None:
    place = f"{where}: outcomes: {name}"
    if outcome.per:
        raise ConfigRejected("both 'per' and 'of'", where=place, hint="'per' for an amount of money, 'of' for a count")
    if config.campaign:
        raise ConfigRejected("'of' where campaigns are told apart", where=place, hint="leave 'of' or 'campaign' out")
    if outcome.of not in counted:
        names = ", ".join(counted) or "none; name one above"
        raise ConfigRejected(
            f"comes of {outcome.of!r}, which is no counted outcome above", where=place, hint=f"name one of: {names}"
        )
