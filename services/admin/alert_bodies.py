"""Alerts over the wire."""

from __future__ import annotations

from pydantic import BaseModel

from adplat.domain import AlertKind, AlertLevel, AlertSubject


class AlertOut(BaseModel):
    """``about`` and ``subject`` name the thing, ``page`` where people see it; names of ``facts`` end in their unit."""

    kind: AlertKind
    level: AlertLevel
    about: AlertSubject
    subject: str
    name: str
    advertiser_id: str | None
    facts: dict[str, str | int | float]
    page: str


class AlertsOut(BaseModel):
    """All that stand now, the worst first; ``next`` is always null. ``complete``: all that runs was looked at."""

    items: list[AlertOut]
    next: None
    complete: bool
