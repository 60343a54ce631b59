"""Advice on one campaign from its told forecast, and from forecasts of the same plan changed in one thing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import read_document
from adplat.domain import Progress
from adplat.flows.split_forecast_budget import currency_of, expected_spend, split_forecast_budget
from adplat.forecast import (
    Objective,
    compare_forecasts,
    creatives_of_forecast,
    name_of_forecast,
    pauses,
    plan_difference,
    refuse_refused,
)


def advise_forecast(
    file: Path, what_ifs: Sequence[Path], objective: Objective, progress: Progress, *, seed: int = 0
) -> dict[str, Any]:
    """What more money, a changed plan and a paused creative would bring.

    Raises MissingInput; ConfigRejected for a refused forecast or two currencies; TableRejected for points that give no
    curve.
    """
    base = read_document(file)
    refuse_refused(base, str(file))
    others = {path: read_document(path) for path in what_ifs}
    currency = currency_of({file: base} | others)
    rng = np.random.default_rng(seed)
    spend = round(expected_spend(base, str(file)))
    advice: list[dict[str, Any]] = []
    if spend > 0:
        advice += split_forecast_budget([file], spend, objective, progress, seed=seed)["advice"]
    advice += [
        compare_forecasts(
            base,
            other,
            plan_difference(base, other, path.stem),
            objective,
            rng,
            where=(str(file), str(path)),
            currency=currency,
        ).document()
        for path, other in others.items()
    ]
    creatives = creatives_of_forecast(base, objective, str(file))
    advice += [one.document() for one in pauses(creatives, objective, rng, currency=currency)]
    return {
        "name": name_of_forecast(base, file.stem),
        "objective": objective.value,
        "currency": currency,
        "worth_saying": sum(one["worth_saying"] for one in advice),
        "advice": advice,
    }
