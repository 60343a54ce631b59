"""A forecast is kept as it was given, and told which campaign carries it out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from adplat.domain import ConfigRejected, KeptForecast, TableRejected, UnknownReference
from adplat.flows.forecast_parts import ForecastParts
from adplat.forecast import CampaignPlan, promises_of

_NAME_LENGTH = 12


def keep_forecast(
    parts: ForecastParts,
    plan: CampaignPlan,
    document: Mapping[str, Any],
    slices: Mapping[str, str] | None = None,
) -> KeptForecast:
    """Keep the result of ``forecast run``; the same result, kept again on the same day, is the same forecast.

    ``inputs`` of the document may tell ``bundle_id``, ``correction_id``, ``data_from`` and ``data_to`` (ISO 8601).
    ``slices`` are those of the document unless others are given.
    Raises ConfigRejected for a refusal, which promises nothing, and for a flight that was over in its data,
    TableRejected for a document that tells no metric, or not all levels of one, or a day outside the flight.
    """
    where = f"forecast of {plan.name}"
    if document.get("refused"):
        raise ConfigRejected(
            "a refusal promises nothing that could be kept", where=where, hint="keep a forecast that gives numbers"
        )
    plain = {"plan": _plain(plan), "document": _plain(document)}
    for promise in promises_of(plain["document"], where=where):
        if promise.day is not None and not plan.start <= promise.day <= plan.end:
            raise TableRejected(
                f"{promise.day} lies outside the flight, {plan.start} to {plan.end}",
                where=where,
                hint="keep the result with the plan that it was made for",
            )
    now = parts.clock.now()
    inputs: Mapping[str, Any] = plain["document"].get("inputs") or {}
    name = hashlib.sha256(msgspec.json.encode([plain, now.date()], order="sorted")).hexdigest()[:_NAME_LENGTH]
    forecast = KeptForecast(
        forecast_id=f"f{now:%Y%m%d}-{name}",
        made_at=now,
        name=plan.name,
        advertiser_id=plan.advertiser_id,
        campaign_id=plan.campaign_id or None,
        flight=plan.flight,
        plan=plain["plan"],
        document=plain["document"],
        bundle_id=str(inputs.get("bundle_id") or ""),
        correction_id=str(inputs.get("correction_id") or ""),
        data_from=_moment(inputs.get("data_from"), f"{where}: data_from"),
        data_to=_moment(inputs.get("data_to"), f"{where}: data_to"),
        slices=dict(plain["document"].get("slices") or {} if slices is None else slices),
        made_by=parts.by,
    )
    if forecast.known_to >= forecast.ends_at:
        raise ConfigRejected(
            f"its data reach to {forecast.known_to:%Y-%m-%d %H:%M}, beyond the end of the flight",
            where=where,
            hint="keep what was made before the flight was over; tell data_to of a forecast that is made in hindsight",
        )
    return parts.forecasts.keep(forecast)


def attach_campaign(parts: ForecastParts, forecast_id: str, campaign_id: str) -> KeptForecast:
    """Say which campaign of the catalogue carries a forecast out.

    Raises UnknownReference for either, ConfigRejected where it was scored with another one.
    """
    parts.forecasts.find(forecast_id)
    if campaign_id not in {campaign.campaign_id for campaign in parts.catalogue.campaigns()}:
        raise UnknownReference(
            f"the catalogue has no campaign {campaign_id!r}",
            where=f"forecast {forecast_id}",
            hint="deploy the catalogue that holds it, or mend the id",
        )
    return parts.forecasts.attach(forecast_id, campaign_id, parts.clock.now(), parts.by)


def _plain(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def _moment(told: object, where: str) -> datetime | None:
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        raise TableRejected(f"{told!r} is no time", where=where, hint="give ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
