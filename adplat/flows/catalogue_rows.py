"""One row of a folder's catalogue in domain words. docs/data.md lists the columns; those added later may be absent.

A value that means nothing raises ConfigRejected, and an absent column KeyError: whoever reads the table knows the row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from adplat.domain import (
    LONGEST_CAP_S,
    Ad,
    Advertiser,
    Attribution,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    Copy,
    Creative,
    CreativeStatus,
    Flight,
    FrequencyCap,
    ImageAsset,
    Money,
    Provenance,
    Targeting,
)

Row = Mapping[str, Any]

_CAP = re.compile(r"(?P<limit>\d+)\s*/\s*(?P<window_s>\d+)\s*s(?P<per_creative>\s+per\s+creative)?")
_CAP_HINT = "write '3/86400s' for 3 impressions in 86,400 seconds, '1/3600s per creative' for each creative by itself"


def advertiser_in(row: Row) -> Advertiser:
    """From ``catalogue/advertisers``."""
    return Advertiser(row["advertiser_id"], row["name"], row["currency"], row["domain"] or "")


def ad_in(row: Row) -> Ad:
    """From ``catalogue/ads``."""
    return Ad(row["ad_id"], row["campaign_id"], row["name"], row["landing_url"])


def campaign_in(row: Row, currencies: Mapping[str, str]) -> Campaign:
    """From ``catalogue/campaigns``; one without a currency has that of its advertiser."""
    currency = row["currency"] or currencies[row["advertiser_id"]]
    return Campaign(
        campaign_id=row["campaign_id"],
        advertiser_id=row["advertiser_id"],
        name=row["name"],
        status=CampaignStatus(row["status"]),
        budget=Budget(_money(row["daily_budget_micros"], currency), _money(row["total_budget_micros"], currency)),
        flight=Flight(_utc(row["start"]), None if row["end"] is None else _utc(row["end"])),
        bid_strategy=BidStrategy(
            BidStrategyKind(row["bid_kind"]), row["target_micros"] or 0, row["target_ratio"] or 0.0
        ),
        targeting=_targeting(row),
        time_zone=_time_zone(row),
        frequency_caps=_frequency_caps(row),
        attribution=_attribution(row),
    )


def creative_in(row: Row, image: ImageAsset | None) -> Creative:
    """From ``catalogue/creatives``, with its picture as stored."""
    return Creative(
        creative_id=row["creative_id"],
        ad_id=row["ad_id"],
        campaign_id=row["campaign_id"],
        advertiser_id=row["advertiser_id"],
        status=CreativeStatus(row["status"]),
        copy=Copy(row["headline"] or "", row["body"] or "", row["cta"] or "", row["language"] or ""),
        image=image,
        category=row["category"] or "",
        provenance=Provenance("imported", str(row["creative_id"])),
        content_categories=_words(row, "content_categories"),
        attributes=_numbers(row, "attributes", smallest=1),
        elements=_elements(row),
    )


def _targeting(row: Row) -> Targeting:
    return Targeting(
        countries=_words(row, "countries"),
        regions=_words(row, "regions"),
        devices=_words(row, "devices"),
        operating_systems=_words(row, "operating_systems"),
        languages=_words(row, "languages", is_needed=True),
        segments=_words(row, "segments"),
        placements=_words(row, "placements", is_needed=True),
        hours_of_week=_numbers(row, "hours_of_week"),
        sites=_words(row, "sites"),
        excluded_sites=_words(row, "excluded_sites"),
        excluded_content=_words(row, "excluded_content"),
    )


def _time_zone(row: Row) -> str:
    name = row.get("time_zone") or "UTC"
    try:
        return ZoneInfo(name).key
    except (LookupError, ValueError, TypeError, OSError):
        raise ConfigRejected(
            f"time_zone {name!r} is none", hint="give a name of the IANA list such as Asia/Shanghai, or leave it out"
        ) from None


def _frequency_caps(row: Row) -> tuple[FrequencyCap, ...]:
    value = row.get("frequency_caps")
    given = value.split(",") if isinstance(value, str) and value.strip() else value or ()
    if not isinstance(given, list | tuple):
        raise ConfigRejected(f"frequency_caps holds {value!r}", hint=_CAP_HINT)
    caps = tuple(_cap(one) for one in given)
    longest_s = max((cap.window_s for cap in caps), default=0)
    if longest_s > LONGEST_CAP_S:
        raise ConfigRejected(
            f"a frequency cap over {longest_s} s",
            hint=f"give a window of at most {LONGEST_CAP_S} s (90 days): longer ones are not remembered",
        )
    return caps


def _cap(given: Any) -> FrequencyCap:
    """From ``{limit, window_s, per_creative}`` or its text."""
    if isinstance(given, Mapping):
        try:
            return FrequencyCap(_whole(given["limit"]), _whole(given["window_s"]), bool(given.get("per_creative")))
        except (KeyError, ValueError, TypeError):
            raise ConfigRejected(
                f"frequency_caps holds {dict(given)!r}", hint="give whole numbers as limit and window_s"
            ) from None
    told = _CAP.fullmatch(given.strip()) if isinstance(given, str) else None
    if told is None:
        raise ConfigRejected(f"frequency_caps holds {given!r}", hint=_CAP_HINT)
    return FrequencyCap(int(told["limit"]), int(told["window_s"]), told["per_creative"] is not None)


def _attribution(row: Row) -> Attribution:
    usual = Attribution()
    windows_s = []
    for column, usual_s in (("attribution_click_s", usual.click_s), ("attribution_view_s", usual.view_s)):
        value = row.get(column)
        try:
            window_s = usual_s if value is None else _whole(value)
        except (ValueError, TypeError):
            window_s = -1
        if window_s < 0:
            raise ConfigRejected(f"{column} holds {value!r}", hint="give whole seconds; 0 counts no conversion")
        windows_s.append(window_s)
    return Attribution(*windows_s)


def _words(row: Row, column: str, *, is_needed: bool = False) -> tuple[str, ...]:
    """A list of texts, or texts joined by ``|``; an empty value is none, and an absent column that is not needed."""
    words = _listed(row[column] if is_needed else row.get(column))
    if not all(isinstance(word, str) and word for word in words):
        raise ConfigRejected(
            f"{column} holds {row[column]!r}", hint="give texts, none of them empty, as a list or joined by |"
        )
    return words


def _elements(row: Row) -> dict[str, str]:
    """A struct of texts, or text: ``template=hero|background=beach``. A kind without a value is not told."""
    value = row.get("elements")
    if isinstance(value, Mapping):
        pairs = [(kind, one) for kind, one in value.items() if one is not None and one != ""]
    else:
        pairs = [(kind.strip(), one.strip()) for kind, _, one in (str(word).partition("=") for word in _listed(value))]
    kinds = [kind for kind, _ in pairs]
    if not all(kind and isinstance(one, str) and one for kind, one in pairs) or len(set(kinds)) != len(kinds):
        raise ConfigRejected(
            f"elements holds {value!r}", hint="write 'template=hero|background=beach', each kind once, or a struct"
        )
    return dict(pairs)


def _numbers(row: Row, column: str, *, smallest: int = 0) -> tuple[int, ...]:
    """A list of whole numbers, or their text joined by ``|``."""
    try:
        numbers = tuple(_whole(one) for one in _listed(row.get(column)))
    except (ValueError, TypeError):
        numbers = (smallest - 1,)
    if any(number < smallest for number in numbers):
        raise ConfigRejected(
            f"{column} holds {row[column]!r}",
            hint=f"give whole numbers from {smallest} on, as a list or joined by |",
        )
    return numbers


def _listed(value: Any) -> tuple[Any, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split("|"))
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _whole(value: Any) -> int:
    """The number itself, or what a text says. Raises ValueError for a fraction, a truth value and anything else."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


def _money(amount_micros: int | None, currency: str) -> Money | None:
    return None if amount_micros is None else Money(amount_micros, currency)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
