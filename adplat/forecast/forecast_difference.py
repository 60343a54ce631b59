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
from adplat.forecast.curve_document import Objective, point_of_forecast, refuse_refused, told_quantiles
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
    before, after = (point_of_forecast(one, metric, told) for one, told in zip((base, other), outcomes, strict=True))
    paid_before, paid_after = (
        point_of_forecast(one, Metric.SPEND.value, told) for one, told in zip((base, other), spends, strict=True)
    )
    paid = around(paid_after - paid_before, spend[1] - spend[0])
    gain = around(
        after - before - objective.cost * paid.value, outcome[1] - outcome[0] - objective.cost * (spend[1] - spend[0])
    )
    cost = None
    # Of an outcome that may be none at all no cost can be told.
    if metric != Metric.VALUE.value and min(told[0] for told in outcomes) > 0.0 and min(before, after) > 0.0:
        saved = spend[0] / outcome[0] - spend[1] / outcome[1]
        cost = around(paid_before / before - paid_after / after, saved)
    told = {"objective": objective.value, "currency": currency}
    evidence = {"draws": DRAWS, "errors_shared": shared, "before": before, "after": after}
    return advise_what_if(label, gain, paid, cost, told, evidence)


@dataclass(frozen=True, slots=True)
class ShownCreative:
    """``showings`` expected of one creative, and outcomes per showing: log-normal with mean ``rate``."""

    creative_id: str
    showings: float
    rate: float
    log_sd: float


def creatives_of_forecast(forecast: Mapping[str, Any], objective: Objective, where: str) -> list[ShownCreative]:
    """``creatives`` of a told forecast: ``[{"creative_id", "click_rate", "click_log_sd"}, …]``.

    For conversions also ``conversion_rate`` and ``conversion_log_sd``, of a click. Creatives are shown evenly, as the
    forecast supposes. Empty where the forecast tells of none, does not know these rates, or outcomes are money.

    Raises ConfigRejected for entries that are none of these.
    """
    entries = forecast.get("creatives") or ()
    if not entries or objective.metric is Metric.VALUE:
        return []
    told = told_quantiles(forecast, Metric.IMPRESSIONS.value, where)
    showings = point_of_forecast(forecast, Metric.IMPRESSIONS.value, told) / len(entries)
    found = []
    for entry in entries:
        try:
            rate, log_sd = float(entry["click_rate"]), float(entry["click_log_sd"])
            if objective.metric is Metric.CONVERSIONS:
                if entry.get("conversion_rate") is None or entry.get("conversion_log_sd") is None:
                    return []
                rate *= float(entry["conversion_rate"])
                log_sd = float(np.hypot(log_sd, float(entry["conversion_log_sd"])))
            found.append(ShownCreative(str(entry["creative_id"]), showings, rate, log_sd))
        except (TypeError, KeyError, ValueError, AttributeError):
            raise ConfigRejected(
                "a creative lacks creative_id, click_rate or click_log_sd",
                where=f"{where}: creatives",
                hint="give what 'adplat forecast run --json' printed",
            ) from None
    return found


def pauses(
    creatives: Sequence[ShownCreative], objective: Objective, rng: np.random.Generator, *, currency: str = ""
) -> list[Advice]:
    """For each creative, what pausing it would bring: its showings go to the others in proportion to theirs.

    Errors of creatives are taken for independent, which makes the interval of their difference the wider one.
    """
    if len(creatives) < 2:
        return []
    showings = np.array([one.showings for one in creatives])
    rates = np.array([one.rate for one in creatives])
    spread = np.array([[one.log_sd] for one in creatives])
    drawn: Floats = rates[:, None] * np.exp(spread * rng.standard_normal((len(creatives), DRAWS)) - spread**2 / 2.0)
    found = []
    for at, one in enumerate(creatives):
        others = np.arange(len(creatives)) != at
        if not showings[others].sum() > 0.0:
            continue
        shares = showings[others] / showings[others].sum()
        more = shares @ drawn[others] - drawn[at]
        value = float(shares @ rates[others] - rates[at])
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
