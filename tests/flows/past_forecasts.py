"""Results of ``forecast run`` with what came of them, as far as a correction reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from adplat.forecast import FEATURE_NAMES


def past(number: int, factor: float, spread: float = 0.2) -> list[dict[str, Any]]:
    """Campaigns with ``factor`` times the clicks that the raw law expects."""
    rng = np.random.default_rng(1)
    rows = []
    for _ in range(number):
        mean = float(np.exp(rng.uniform(3.0, 7.0)))
        law = {"kind": "CountLaw", "mean": mean, "log_sd": 0.3}
        spend = {"kind": "SpendLaw", "budget": 1e9, "full": 0.5, "log_middle": 18.0, "log_sd": 0.2, "told_full": 1.0}
        forecast = {
            "refused": False,
            "plan": {"start": "2026-09-01", "end": "2026-09-07"},
            "raw": {
                "features": dict.fromkeys(FEATURE_NAMES, 0.0),
                "slice": 1,
                "laws": {"clicks": law, "spend_micros": spend},
            },
        }
        clicks = int(rng.poisson(mean * factor * rng.lognormal(-0.5 * spread**2, spread)))
        rows.append({"forecast": forecast, "actual": {"clicks": clicks}})
    return rows
