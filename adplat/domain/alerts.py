"""What a person should look at: an Alert says which thing, what is wrong with it, and in which figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AlertLevel(StrEnum):
    """``bad``: money or a conclusion is lost while nobody looks; ``warn``: it should be looked at today."""

    BAD = "bad"
    WARN = "warn"


class AlertSubject(StrEnum):
    """What kind of thing an alert is about; pages know where each is shown."""

    CAMPAIGN = "campaign"
    ADVERTISER = "advertiser"
    EXPERIMENT = "experiment"
    FORECAST = "forecast"
    MODEL = "model"
    JOBS = "jobs"
    WORKSPACE = "workspace"


class AlertKind(StrEnum):
    """What is wrong. Each kind has its sentence in the words of pages, which names its ``facts``."""

    BEHIND_PACE = "behind_pace"
    AHEAD_OF_PACE = "ahead_of_pace"
    BUDGET_ENDED = "budget_ended"
    NO_DELIVERY = "no_delivery"
    NOTHING_COUNTED = "nothing_counted"
    CREATIVES_HELD = "creatives_held"
    SAMPLE_RATIO = "sample_ratio"
    EXPERIMENT_INVALID = "experiment_invalid"
    FORECAST_MISSED = "forecast_missed"
    PCOC_OFF = "pcoc_off"
    JOBS_UNTAKEN = "jobs_untaken"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that needs somebody; it stands as long as what it says is so.

    Args:
        subject: the id of the thing; of jobs their kind; empty for the workspace.
        name: what people call it.
        advertiser_id: whose it is; empty where it is everybody's or staff's.
        facts: the figures of its sentence; names end in their unit: ``_micros`` (of ``currency``), ``_share``, ``_h``.
    """

    kind: AlertKind
    level: AlertLevel
    about: AlertSubject
    subject: str
    name: str
    advertiser_id: str = ""
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertLimits:
    """From where on something is an alert.

    Args:
        pace_share: spend that differs from an even one by more than this share of it.
        settled_days: a flight is not looked at before so many of its days.
        silent_h: hours without a showing of a campaign that may run.
        lately_days: of PCOC, and of forecasts that were scored.
        pcoc_share: PCOC (or one over it) above 1 by more than this, its whole interval.
        evidence: how sure an interval of PCOC is.
    """

    pace_share: float = 0.15
    settled_days: float = 1.0
    silent_h: float = 6.0
    lately_days: int = 7
    pcoc_share: float = 0.2
    evidence: float = 0.99
