"""What Prophet says of a daily series, with its own settings."""

from __future__ import annotations

import logging
from typing import Any

import pandas as pd
from prophet import Prophet


def forecast_prophet(request: dict[str, Any]) -> dict[str, Any]:
    """``values`` from the day ``first`` on; ``horizon`` days follow as p10, p50 (its mean) and p90.

    ``holidays``: dates of both, as one named holiday; none are told where it is absent or empty.
    """
    logging.getLogger("cmdstanpy").disabled = True
    known, horizon = request["values"], int(request["horizon"])
    days = pd.date_range(request["first"], periods=len(known) + horizon, freq="D")
    holidays = pd.DataFrame({"holiday": "holiday", "ds": pd.to_datetime(request.get("holidays") or [])})
    model = Prophet(interval_width=0.8, holidays=holidays if len(holidays) else None)
    model.fit(pd.DataFrame({"ds": days[: len(known)], "y": known}), seed=int(request["seed"]))
    told = model.predict(pd.DataFrame({"ds": days[len(known) :]}))
    return {"quantiles": told[["yhat_lower", "yhat", "yhat_upper"]].to_numpy().clip(0.0).tolist()}
