"""A campaign as the fields of its form, and back: everything that the API takes has a field."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

from adplat.domain import (
    Attribution,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    Flight,
    FrequencyCap,
    Money,
    Targeting,
)
from adplat.flows.edit_campaigns import LARGEST_RATIO
from services.admin.asking import Asker
from services.admin.forms import Form
from services.admin.hours_of_week import DAYS, hours_from, texts_of
from services.admin.refusals import refusal
from services.admin.rendering import money, plain_money

LISTED = tuple(one.name for one in fields(Targeting) if one.name != "hours_of_week")
TERMS = ("advertiser_id", "name", "daily", "total", "flight_start", "flight_end", "time_zone", "kind", "target")
MOST_CAPS = 20
_PRICES_OF_ONE = frozenset({BidStrategyKind.MAX_CPC, BidStrategyKind.TARGET_CPA})
_FREE_CAPS = 2  # rows for more than there are
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(\d{1,9})\s*(s|min|h|d)", re.ASCII)


def empty_fields(asker: Asker) -> dict[str, str]:
    """Of a campaign that is not there yet: it begins tomorrow."""
    start = (asker.seen.clock.now() + timedelta(days=1)).replace(hour=0, minute=0)
    usual = Attribution()
    return {
        "flight_start": start.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "UTC",
        "kind": "max_cpc",
        "click_within": span_text(usual.click_s),
        "view_within": span_text(usual.view_s),
    }


def fields_of(one: Campaign) -> dict[str, str]:
    """What is there."""
    bid, end = one.bid_strategy, one.flight.end
    is_ratio = bid.kind is BidStrategyKind.TARGET_ROAS
    daily, total = one.budget.daily, one.budget.total
    told = {
        "advertiser_id": one.advertiser_id,
        "name": one.name,
        "daily": plain_money(None if daily is None else daily.amount_micros),
        "total": plain_money(None if total is None else total.amount_micros),
        "flight_start": one.flight.start.strftime("%Y-%m-%dT%H:%M"),
        "flight_end": "" if end is None else end.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": one.time_zone,
        "kind": bid.kind.value,
        "target": f"{bid.target_ratio:g}" if is_ratio else plain_money(bid.target_micros),
        "click_within": span_text(one.attribution.click_s),
        "view_within": span_text(one.attribution.view_s),
    }
    told |= {name: ", ".join(getattr(one.targeting, name)) for name in LISTED}
    told |= {f"hours_{day}": text for day, text in texts_of(one.targeting.hours_of_week).items()}
    for place, cap in enumerate(one.frequency_caps):
        told |= {f"cap_limit_{place}": str(cap.limit), f"cap_within_{place}": span_text(cap.window_s)}
        told |= {f"cap_each_{place}": "on"} if cap.per_creative else {}
    return told


def cap_rows(told: dict[str, str]) -> list[dict[str, str]]:
    """The rows of caps that a form shows: those that are told, and some to fill."""
    names = ("limit", "within", "each")
    rows = [{name: told.get(f"cap_{name}_{place}", "") for name in names} for place in range(MOST_CAPS)]
    used = max((place + 1 for place, row in enumerate(rows) if row["limit"] or row["within"]), default=0)
    return rows[: min(used + _FREE_CAPS, MOST_CAPS)]


def campaign_from(form: Form, there: Campaign | None, advertiser_id: str, currency: str) -> Campaign:
    """What the form says; what it was sent without stays. Raises ConfigRejected."""
    start = form.moment("flight_start")
    if start is None:
        raise ConfigRejected("it has no beginning", where="flight_start", hint="say when it starts")
    end = form.moment("flight_end")
    if there is not None:
        # A form knows minutes: what it did not change keeps its seconds.
        start = there.flight.start if start == there.flight.start.replace(second=0, microsecond=0) else start
        if end and there.flight.end and end == there.flight.end.replace(second=0, microsecond=0):
            end = there.flight.end
    kind = value_of(BidStrategyKind, form.text("kind"), "bid_strategy")
    daily, total = form.micros("daily"), form.micros("total")
    bid = _bid(kind, form, currency)
    _require_amounts(daily, total, bid, currency)
    return Campaign(
        campaign_id="" if there is None else there.campaign_id,
        advertiser_id=advertiser_id,
        name=form.text("name"),
        status=CampaignStatus.DRAFT if there is None else there.status,
        budget=Budget(
            None if daily is None else Money(daily, currency), None if total is None else Money(total, currency)
        ),
        flight=Flight(start, end),
        bid_strategy=bid,
        targeting=_targeting(form, there),
        time_zone=form.text("time_zone"),
        frequency_caps=_caps(form, there),
        attribution=_attribution(form, there),
    )


def value_of(kind: type[Any], told: str, where: str) -> Any:
    """One of an enum's values. Raises ConfigRejected."""
    try:
        return kind(told)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise ConfigRejected(f"{told[:40]!r} is none", where=where, hint=f"one of {known}") from None


def span_text(seconds: int) -> str:
    """Such as ``7d``, ``12h``, ``90min``; in the largest unit that tells it whole."""
    unit = next(name for name in ("d", "h", "min", "s") if seconds % _SECONDS[name] == 0) if seconds else "d"
    return f"{seconds // _SECONDS[unit]}{unit}"


def span_s(text: str, where: str) -> int:
    """Back, in seconds. Raises ConfigRejected."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigRejected(f"{text[:40]!r} is no time", where=where, hint="write it as 7d, 12h, 30min or 45s")
    return int(found[1]) * _SECONDS[found[2]]


def _targeting(form: Form, there: Campaign | None) -> Targeting:
    told: dict[str, Any] = {name: form.listed(name) for name in LISTED}
    days = {day: form.text(f"hours_{day}") for day in DAYS}
    if any(f"hours_{day}" in form.fields for day in DAYS) or there is None:
        told["hours_of_week"] = hours_from(days)
    else:
        told["hours_of_week"] = there.targeting.hours_of_week
    return Targeting(**told)


def _caps(form: Form, there: Campaign | None) -> tuple[FrequencyCap, ...]:
    if there is not None and "cap_limit_0" not in form.fields:
        return there.frequency_caps
    found = []
    for place in range(MOST_CAPS):
        limit, within = form.text(f"cap_limit_{place}"), form.text(f"cap_within_{place}")
        if not limit and not within:
            continue
        where = f"frequency_caps[{place}]"
        if not (limit.isascii() and limit.isdigit() and len(limit) < 8):
            raise ConfigRejected(f"{limit[:40]!r} is no number of showings", where=where, hint="write it as 3")
        found.append(FrequencyCap(int(limit), span_s(within, where), bool(form.text(f"cap_each_{place}"))))
    return tuple(found)


def _attribution(form: Form, there: Campaign | None) -> Attribution:
    usual = Attribution() if there is None else there.attribution
    told = [
        span_s(text, f"attribution.{name}") if (text := form.text(f"{name}_within")) else before
        for name, before in (("click", usual.click_s), ("view", usual.view_s))
    ]
    return Attribution(*told)


def _bid(kind: BidStrategyKind, form: Form, currency: str) -> BidStrategy:
    if kind is BidStrategyKind.TARGET_ROAS:
        ratio = _ratio(form.text("target"))
        if not 0.0 < ratio <= LARGEST_RATIO:
            raise refusal("form_no_ratio", "target", most=f"{LARGEST_RATIO:,.0f}")
        return BidStrategy(kind, target_ratio=ratio)
    micros = form.micros("target")
    if not micros:
        raise refusal("form_no_target", "target", currency=currency, kind=f":kind_{kind}", per=f":per_{kind}")
    return BidStrategy(kind, micros)


def _ratio(told: str) -> float:
    try:
        return float(told)
    except ValueError:
        return math.nan


def _require_amounts(daily: int | None, total: int | None, bid: BidStrategy, currency: str) -> None:
    """A price that one click could not be paid with is a slip of the hand, most often of its unit."""
    for name, micros in (("daily", daily), ("total", total)):
        if micros == 0:
            raise refusal("form_budget_zero", name)
    if daily is not None and total is not None and daily > total:
        raise refusal("form_daily_above_total", "daily", daily=money(daily, currency), total=money(total, currency))
    for name, micros in (("daily", daily), ("total", total)):
        if bid.kind in _PRICES_OF_ONE and micros is not None and bid.target_micros > micros:
            raise refusal(
                "form_target_above_budget",
                "target",
                kind=f":kind_{bid.kind}",
                target=money(bid.target_micros, currency),
                budget=f":{name}_budget",
                amount=money(micros, currency),
            )
