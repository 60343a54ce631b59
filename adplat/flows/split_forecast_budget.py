"""A budget split over campaigns from their told forecasts: what each is advised, and how sure the gain is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import read_document, write_bytes
from adplat.domain import ConfigRejected, Interval, Metric, Progress
from adplat.forecast import (
    NO_BOUNDS,
    Advice,
    BudgetSplit,
    CurveDraws,
    Objective,
    SpendCurve,
    SplitBounds,
    advise_next_money,
    advise_split,
    curve_of_forecast,
    interval_document,
    name_of_forecast,
    outcome_of,
    plan_of_forecast,
    point_of_forecast,
    refuse_refused,
    split_budget,
    told_quantiles,
)
from adplat.reporting import PictureForm, SplitCurve, draw_budget_split

FORMS: dict[str, PictureForm] = {".png": "png", ".svg": "svg"}
MORE = 0.1


def split_forecast_budget(
    files: Sequence[Path],
    budget_micros: int,
    objective: Objective,
    progress: Progress,
    *,
    bounds: SplitBounds = NO_BOUNDS,
    seed: int = 0,
    picture: Path | None = None,
) -> dict[str, Any]:
    """The document of ``forecast split``: the split, beside the same money in today's proportions.

    ``today_micros`` is the expected spend of each forecast; ``proportional_micros`` is the budget in these proportions,
    and what gains are over: so they are of the split, and not of more money.

    Args:
        files: what ``forecast run --json`` printed, one a campaign.
        picture: also drawn here (``.png``, ``.svg``).

    Raises MissingInput; ConfigRejected for a refused forecast, names that are the same, currencies that are not, bounds
    that cannot be kept; TableRejected for points that give no curve.
    """
    require_split_picture(picture)
    twice = [path for path in files if list(files).count(path) > 1]
    if twice:
        raise ConfigRejected("a forecast is given twice", where=str(twice[0]), hint="give each once")
    forecasts = {path: read_document(path) for path in files}
    names = _names(forecasts)
    currency = currency_of(forecasts)
    curves = {name: curve_of_forecast(forecasts[path], objective, where=str(path)) for path, name in names.items()}
    today = {name: expected_spend(forecasts[path], str(path)) for path, name in names.items()}
    document = split_document(curves, today, budget_micros, objective, bounds, currency, seed, progress)
    document["files"] = {name: str(path) for path, name in names.items()}
    if picture is not None:
        told = [
            SplitCurve(
                name,
                curves[name].spends_micros,
                curves[name].outcome,
                float(one["proportional_micros"]),
                float(one["advised_micros"]),
            )
            for name, one in zip(names.values(), document["campaigns"], strict=True)
        ]
        write_bytes(
            picture, draw_budget_split(told, what=objective.metric.value, currency=currency, form=FORMS[picture.suffix])
        )
        document["picture"] = str(picture)
    return document


def split_told_forecasts(
    forecasts: Mapping[str, Mapping[str, Any]],
    budget_micros: int,
    objective: Objective,
    progress: Progress,
    *,
    bounds: SplitBounds = NO_BOUNDS,
    seed: int = 0,
) -> dict[str, Any]:
    """The same of documents that are at hand, by the names that the split is to have for them. Raises as above."""
    if not forecasts:
        raise ConfigRejected("nothing to split over", where="forecasts", hint="give one forecast at least")
    currency = currency_of(forecasts)
    curves = {name: curve_of_forecast(one, objective, where=name) for name, one in forecasts.items()}
    today = {name: expected_spend(one, name) for name, one in forecasts.items()}
    return split_document(curves, today, budget_micros, objective, bounds, currency, seed, progress)


def split_document(
    curves: Mapping[str, SpendCurve],
    today_micros: Mapping[str, float],
    budget_micros: int,
    objective: Objective,
    bounds: SplitBounds,
    currency: str,
    seed: int,
    progress: Progress,
) -> dict[str, Any]:
    """The split of curves, and what it rests on."""
    told = "curves drawn and split"
    progress(0, 3, told)
    split = split_budget(curves, budget_micros, objective, bounds)
    progress(1, 3, told)
    draws = CurveDraws.of(curves, np.random.default_rng(seed))
    progress(2, 3, told)
    shares = _shares(today_micros)
    proportional = {name: share * (budget_micros - split.unspent_micros) for name, share in shares.items()}
    document = {
        "objective": objective.value,
        "currency": currency,
        "budget_micros": budget_micros,
        "unspent_micros": split.unspent_micros,
        "outcome": draws.total(split.spends_micros, objective).as_document(),
        "gain": interval_document(draws.gain(split.spends_micros, proportional, objective)),
        "campaigns": [
            _campaign(name, curves[name], split, today_micros[name], proportional[name], draws, objective, bounds)
            for name in curves
        ],
        "next_money": _next_money(curves, split, draws, objective, bounds),
        "evidence": {
            "points": {name: len(curve.points.outcomes) for name, curve in curves.items()},
            "draws": len(draws.shared),
            "seed": seed,
            # What branch and bound proved: no split of these curves brings a larger share more.
            "at_most_better": _share_better(split),
        },
    }
    document["advice"] = [one.document() for one in advice_on(document)]
    progress(3, 3, told)
    return document


def advice_on(document: Mapping[str, Any]) -> list[Advice]:
    """What the split says, and what more money would bring."""
    return [*([advise_split(document)] if len(document["campaigns"]) > 1 else []), advise_next_money(document)]


def require_split_picture(picture: Path | None) -> None:
    """Raises ConfigRejected for a name that no picture can have."""
    if picture is not None and picture.suffix not in FORMS:
        raise ConfigRejected(
            f"a picture cannot end in {picture.suffix!r}", where=str(picture), hint=f"take {' or '.join(FORMS)}"
        )


def currency_of(forecasts: Mapping[Any, Mapping[str, Any]]) -> str:
    """The one currency of all, empty where none is told. Raises ConfigRejected where there are two."""
    found: dict[str, object] = {}
    for path, forecast in forecasts.items():
        told = str(plan_of_forecast(forecast).get("currency") or "")
        if told:
            found.setdefault(told, path)
    if len(found) > 1:
        raise ConfigRejected(
            f"money in {' and in '.join(found)}",
            where=", ".join(map(str, found.values())),
            hint="split budgets of one currency",
        )
    return next(iter(found), "")


def _names(forecasts: Mapping[Path, Mapping[str, Any]]) -> dict[Path, str]:
    names = {path: name_of_forecast(forecast, path.stem) for path, forecast in forecasts.items()}
    if len(set(names.values())) < len(names):
        names = {path: path.stem for path in names}
    twice = [name for name in names.values() if list(names.values()).count(name) > 1]
    if twice:
        raise ConfigRejected(
            f"two campaigns are called {twice[0]!r}",
            where="split",
            hint="name the files differently",
        )
    return names


def expected_spend(forecast: Mapping[str, Any], where: str) -> float:
    """Micros. Raises ConfigRejected for a refused forecast, or one without."""
    refuse_refused(forecast, where)
    spend = Metric.SPEND.value
    return point_of_forecast(forecast, spend, told_quantiles(forecast, spend, where))


def _shares(today_micros: Mapping[str, float]) -> dict[str, float]:
    total = sum(today_micros.values())
    return {name: micros / total if total > 0 else 1.0 / len(today_micros) for name, micros in today_micros.items()}


def _campaign(
    name: str,
    curve: SpendCurve,
    split: BudgetSplit,
    today: float,
    proportional: float,
    draws: CurveDraws,
    objective: Objective,
    bounds: SplitBounds,
) -> dict[str, Any]:
    advised = split.spends_micros[name]
    counted = objective.metric is not Metric.VALUE
    cost = draws.marginal_cost(name, advised) if counted else None
    held = None
    if advised > 0 and advised == bounds.at_least_micros.get(name):
        held = "at_least"
    elif advised == bounds.at_most_micros.get(name):
        held = "at_most"
    elif advised >= int(curve.known_to_micros):
        held = "replayed"
    return {
        "name": name,
        "today_micros": round(today),
        "proportional_micros": round(proportional),
        "advised_micros": advised,
        "held_by": held,
        "outcome": outcome_of({name: curve}, {name: advised}, objective),
        "outcome_proportional": outcome_of({name: curve}, {name: proportional}, objective),
        "gain": interval_document(draws.gain({name: advised}, {name: proportional}, objective)),
        "marginal_outcome_per_unit": float(curve.marginal(advised)) * 1e6,
        "marginal_cost_micros": None if cost is None else interval_document(cost),
        "curve": curve.document(),
    }


def _next_money(
    curves: Mapping[str, SpendCurve],
    split: BudgetSplit,
    draws: CurveDraws,
    objective: Objective,
    bounds: SplitBounds,
) -> dict[str, Any]:
    micros = max(1, round(MORE * split.budget_micros))
    more = split_budget(curves, split.budget_micros + micros, objective, bounds)
    spent = sum(more.spends_micros.values()) - sum(split.spends_micros.values())
    gain = draws.gain(more.spends_micros, split.spends_micros, objective) if spent > 0 else Interval(0.0, 0.0, 0.0)
    cost = None
    if objective.metric is not Metric.VALUE and gain.low > 0.0:
        cost = interval_document(Interval(spent / gain.value, spent / gain.high, spent / gain.low))
    return {
        "micros": micros,
        "spent_micros": spent,
        "gain": interval_document(gain),
        "marginal_cost_micros": cost,
    }


def _share_better(split: BudgetSplit) -> float:
    return (split.bound - split.outcome) / abs(split.outcome) if split.outcome else 0.0
