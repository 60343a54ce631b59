"""``adplat forecast run`` without the terminal: the document, and its days and picture as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adplat.data import write_bytes
from adplat.domain import ConfigRejected, Metric, Progress, Quantiles
from adplat.flows.campaign_document import days_csv
from adplat.flows.forecast_campaign import ForecastRun, forecast_campaign
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.keep_forecast import keep_forecast
from adplat.forecast import CampaignForecast
from adplat.reporting import PictureForm, SpendCurve, draw_campaign_forecast

FORMS: dict[str, PictureForm] = {".png": "png", ".svg": "svg"}
MICROS = 1_000_000


def run_forecast(
    plan_path: Path,
    folder: Path,
    progress: Progress,
    *,
    bundle_dir: Path | None = None,
    correction_path: Path | None = None,
    cache_dir: Path,
    seed: int = 0,
    csv_path: Path | None = None,
    picture: Path | None = None,
    keep_in: ForecastParts | None = None,
) -> dict[str, Any]:
    """The document; files are written whole or not at all, and none where nothing is told. Raises InputError.

    With ``keep_in`` it is kept there, and ``forecast_id`` of the document names it: ``None`` for a refusal, which is
    not kept.
    """
    if picture is not None and picture.suffix not in FORMS:
        raise ConfigRejected(
            f"a picture cannot end in {picture.suffix!r}", where=str(picture), hint=f"take {' or '.join(FORMS)}"
        )
    run = forecast_campaign(
        plan_path,
        folder,
        progress,
        bundle_dir=bundle_dir,
        correction_path=correction_path,
        cache_dir=cache_dir,
        seed=seed,
        campaigns=[] if keep_in is None else [one.campaign_id for one in keep_in.catalogue.campaigns()],
    )
    if run.forecast is None:
        return run.document if keep_in is None else {"forecast_id": None, **run.document}
    document = run.document
    if keep_in is not None:
        kept = keep_forecast(keep_in, run.plan, document)
        document = {"forecast_id": kept.forecast_id, **document}
    if csv_path is not None:
        write_bytes(csv_path, days_csv(run.document))
    if picture is not None:
        write_bytes(picture, _drawn(run, run.forecast, FORMS[picture.suffix]))
    return document


def _drawn(run: ForecastRun, told: CampaignForecast, form: PictureForm) -> bytes:
    document = run.document
    metrics = {"impressions": Metric.IMPRESSIONS, "clicks": Metric.CLICKS}
    daily = {name: told.daily[metric] for name, metric in metrics.items()}
    daily["spend"] = tuple(Quantiles(tuple(value / MICROS for value in one.values)) for one in told.daily[Metric.SPEND])
    curve = SpendCurve(
        "clicks",
        [point.spend_micros / MICROS for point in told.curve],
        [point.outcomes[Metric.CLICKS] for point in told.curve],
        next(place for place, point in enumerate(told.curve) if point.planned),
    )
    dates = [day["date"] for day in document["daily"]]
    return draw_campaign_forecast(dates, daily, curve, currency=document["plan"]["currency"] or "", form=form)
