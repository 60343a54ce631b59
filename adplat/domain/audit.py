"""What was done stays told: AuditEntry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when; ``detail`` has the rest, such as the reason."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str]
