"""A campaign's day as it lies in Redis between two looks of the pacer, so that the next worker goes on where one ended.

The plan is not kept but the traffic it was made from: a day has a hundred moments, and every campaign is written every
few seconds. What cannot be read, or was written by another version, is nothing: the day begins anew with what is spent.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

import msgspec

from adplat.domain import Campaign, ConfigRejected
from adplat.market import DayPlan, PaceState

log = logging.getLogger(__name__)

FORMAT = 1
# The last showings of a day must have time to be told.
FINISH_EARLY_S = 900.0


@dataclass(frozen=True, slots=True)
class PacedDay:
    """One campaign's day, below its money key, with the counts of the last look and the traffic it was planned by."""

    money_key: str
    state: PaceState
    booked_micros: int
    eligible: int
    hourly_traffic: tuple[float, ...]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    format: int
    money_key: str
    booked_micros: int
    eligible: int
    hourly_traffic: tuple[float, ...]
    budget_micros: int
    at_s: float
    multiplier: float
    ceiling_micros: int
    spent_micros: int
    reserved_micros: int
    chances: float
    state_booked_micros: float
    settled_micros: float
    billed_micros: float
    requests_a_second: float | None


class _Format(msgspec.Struct, frozen=True, array_like=True):
    format: int


def plan_of(campaign: Campaign, moment: datetime, hourly_traffic: tuple[float, ...]) -> DayPlan:
    """The plan of the campaign's day around ``moment``. Raises ConfigRejected outside its flight."""
    return DayPlan.build(
        moment, campaign.time_zone, hourly_traffic, flight=campaign.flight, finish_early_s=FINISH_EARLY_S
    )


def pack_day(day: PacedDay) -> bytes:
    """MessagePack, a few hundred bytes."""
    state = day.state
    return msgspec.msgpack.encode(
        _Kept(
            format=FORMAT,
            money_key=day.money_key,
            booked_micros=day.booked_micros,
            eligible=day.eligible,
            hourly_traffic=day.hourly_traffic,
            budget_micros=state.budget_micros,
            at_s=state.at_s,
            multiplier=state.multiplier,
            ceiling_micros=state.ceiling_micros,
            spent_micros=state.spent_micros,
            reserved_micros=state.reserved_micros,
            chances=state.chances,
            state_booked_micros=state.booked_micros,
            settled_micros=state.settled_micros,
            billed_micros=state.billed_micros,
            requests_a_second=state.requests_a_second,
        )
    )


def unpack_day(packed: bytes, campaign: Campaign, moment: datetime) -> PacedDay | None:
    """The day that was packed, or ``None``; its plan is made for the day around ``moment``, which may be another."""
    try:
        if msgspec.msgpack.decode(packed, type=_Format).format != FORMAT:
            log.warning("campaign %s is paced anew: its day was kept by another version", campaign.campaign_id)
            return None
        kept = msgspec.msgpack.decode(packed, type=_Kept)
        plan = plan_of(campaign, moment, kept.hourly_traffic)
    except (msgspec.DecodeError, UnicodeDecodeError, ConfigRejected):
        log.exception("campaign %s is paced anew: what was kept of its day cannot be read", campaign.campaign_id)
        return None
    state = PaceState(
        plan,
        budget_micros=kept.budget_micros,
        at_s=kept.at_s,
        multiplier=kept.multiplier,
        ceiling_micros=kept.ceiling_micros,
        spent_micros=kept.spent_micros,
        reserved_micros=kept.reserved_micros,
        chances=kept.chances,
        booked_micros=kept.state_booked_micros,
        settled_micros=kept.settled_micros,
        billed_micros=kept.billed_micros,
        requests_a_second=kept.requests_a_second,
    )
    return PacedDay(kept.money_key, state, kept.booked_micros, kept.eligible, kept.hourly_traffic)
