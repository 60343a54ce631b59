"""What is learned and foretold: ModelBundle, DataSpan, Forecast, Finding, Verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class DataSpan:
    """Which rows made a model. Times are those of its first and last row, ``None`` where rows have no time.

    ``later_rows`` were held out of fitting; ``fingerprint`` hashes all of them.
    """

    rows: int = 0
    later_rows: int = 0
    since: datetime | None = None
    until: datetime | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """A trained model as a fact: where it lies, what made it, how good it was.

    ``bundle_id`` is the content hash of the immutable directory ``path``; ``config`` the training config as
    plain data.
    """

    bundle_id: str
    path: str
    schema_digest: str
    created: datetime
    metrics: Mapping[str, float] = field(default_factory=dict)
    data: DataSpan = field(default_factory=DataSpan)
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interval:
    """``low ≤ value ≤ high`` at confidence ``level`` (0.95 = 95 %)."""

    value: float
    low: float
    high: float
    level: float = 0.95

    def excludes(self, point: float) -> bool:
        """Whether ``point`` lies outside."""
        return point < self.low or point > self.high


class Severity(StrEnum):
    """How bad a finding is. ``block`` alone makes a verdict say no."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw: which check, how bad, where, with the evidence, and how to mend it."""

    check: str
    severity: Severity
    what: str
    where: str = ""
    hint: str = ""
    evidence: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings about one subject; it passes unless one of them blocks."""

    subject: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing blocks."""
        return all(finding.severity is not Severity.BLOCK for finding in self.findings)
