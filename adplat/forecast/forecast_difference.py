"""What two told distributions differ by: of a plan and the same plan changed, and of creatives beside one another.

Two forecasts from one sample share most of their error: how well people respond to these creatives is the same unknown
in both. How much of it they share no document tells, so it is an argument with a stated default, and stands in the
evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from adplat.domain import TOLD_LEVELS, ConfigRejected, Metric
from adplat.forecast.advice import Advice, advise_pause, advise_what_if
from adplat.forecast.advice_words import Words
from adplat.forecast.arrays import Floats
from adplat.forecast.curve_document import Objective, refuse_refused, told_quantiles
from adplat.forecast.split_evidence import around

DRAWS = 4_000
SHARED = 0.8
"""Correlation of the errors (as normal scores) of two forecasts of one campaign that differ in one thing."""


def compare_forecasts(
    base: Mapping[str, Any],
    other: Mapping[str, Any],
    label: Words,
    objective: Objective,
    rng: np.random.Generator,
    *,
    where: tuple[str, str] = ("forecast", "what-if"),
    shared: float = SHARED,
    currency: str = "",
) -> Advice:
    """Advice on a what-if from two documents of ``forecast run --json``. Raises ConfigRejected for no such document."""
    for document, place in zip((base, other), where, strict=True):
        refuse_refused(document, place)
    scores = rng.standard_normal((2, DRAWS))
    scores[1] = shared * scores[0] + np.sqrt(1.0 - shared**2) * scores[1]
    chances = ndtr(scores)
    metric = objective.metric.value
    pair = list(zip((base, other), where, strict=True))
    outcomes, spends = (
        [told_quantiles(document, name, place) for document, place in pair] for name in (metric, Metric.SPEND.value)
    )
    outcome, spend = (
        [np.interp(chance, TOLD_LEVELS, told) for chance, told in zip(chances, both, strict=True)]
        for both in (outcomes, spends)
    )
    half = TOLD_LEVELS.index(0.5)
    (before, after), (paid_before, paid_after) = ([told[half] for told in both] for both in (outcomes, spends))
    paid = around(paid_after - paid_before, spend[1] - spend[0])
    gain = around(
        after - before - objective.cost * paid.value, outcome[1] - outcome[0] - objective.cost * (spend[1] - spend[0])
    )
    cost = None
    # Of an outcome that may be none at all no cost can be told.
    if metric != Metric.VALUE.value and min(told[0] for told in outcomes) > 0.0:
        saved = spend[0] / outcome[0] - spend[1] / outcome[1]
        cost = around(paid_before / before - paid_after / after, saved)
    told = {"objective": objective.value, "currency": currency}
    evidence = {"draws": DRAWS, "errors_shared": shared, "before": before, "after": after}
    return advise_what_if(label, gain, paid, cost, told, evidence)


@dataclass(frozen=True, slots=True)
class CreativeResponse:
    """``showings`` expected of one creative, and quantiles at ``TOLD_LEVELS`` of outcomes per showing."""

    creative_id: str
    showings: float
    rates: tuple[float, ...]


def creatives_of_forecast(forecast: Mapping[str, Any], objective: Objective, where: str) -> list[CreativeResponse]:
    """``creatives`` of a told forecast, a list of ``{"creative_id", "impressions", "rates": {METRIC: {"p2.5": …}}}``.

    Empty where the forecast tells of none. Raises ConfigRejected for entries that are none of these.
    """
    found = []
    for entry in forecast.get("creatives") or ():
        try:
            told = entry["rates"][objective.metric.value]
            rates = tuple(float(told[f"p{100 * level:g}"]) for level in TOLD_LEVELS)
            found.append(CreativeResponse(str(entry["creative_id"]), float(entry["impressions"]), rates))
        except (TypeError, KeyError, ValueError):
            raise ConfigRejected(
                f"a creative lacks creative_id, impressions or the quantiles of rates.{objective.metric.value}",
                where=f"{where}: creatives",
                hint="give what 'adplat forecast run --json' printed",
            ) from None
    return found


def pauses(
    creatives: Sequence[CreativeResponse], objective: Objective, rng: np.random.Generator, *, currency: str = ""
) -> list[Advice]:
    """For each creative, what pausing it would bring: its showings go to the others in proportion to theirs.

    Errors of creatives are taken for independent, which makes the interval of their difference the wider one.
    """
    showings = np.array([one.showings for one in creatives])
    even = (np.arange(DRAWS) + 0.5) / DRAWS
    drawn: Floats = np.array([np.interp(rng.permutation(even), TOLD_LEVELS, one.rates) for one in creatives])
    middle = np.array([one.rates[TOLD_LEVELS.index(0.5)] for one in creatives])
    found = []
    for at, one in enumerate(creatives):
        others = np.arange(len(creatives)) != at
        if not showings[others].sum() > 0.0:
            continue
        shares = showings[others] / showings[others].sum()
        more = shares @ drawn[others] - drawn[at]
        value = float(shares @ middle[others] - middle[at])
        found.append(
            advise_pause(
                one.creative_id,
                around(one.showings * value, one.showings * more),
                float(np.mean(more > 0.0)),
                {
                    "objective": objective.value,
                    "currency": currency,
                    "showings": one.showings,
                    "others": int(others.sum()),
                },
            )
        )
    return found
