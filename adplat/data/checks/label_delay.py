"""How late do conversions come, and how many are therefore still missing at the end of the log?"""

# ruff: noqa: S608  (the expressions are this module's own; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

import numpy as np

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource, is_number
from adplat.domain import Finding, Severity

CHECK = "label delay"
MANY_MISSING = 0.05
_HORIZONS_H = (1, 6, 24, 72, 168)


def check_label_delay(source: CheckSource) -> Checked:
    """Quantiles of the delay, and for several horizons what comes later and who is younger than that.

    The share still missing is the mean over clicks of ``P(delay > age)``, ``age`` counted from the row's
    time to the end of the log. The delays seen are those that had time to happen, so both figures are
    lower bounds.
    """
    delay_type = source.columns["rows"].get("conversion_delay_s", "")
    if not is_number(delay_type) or not source.has_time:
        return Checked()
    delays = _column(source, "conversion_delay_s", "conversion_delay_s IS NOT NULL")
    if not len(delays):
        return Checked()
    ages = _column(source, "(SELECT max(_t) FROM rows) - _t", "_y0 = 1 AND _t IS NOT NULL")
    quantiles = np.quantile(delays, [0.5, 0.9, 0.99]) / 3600.0
    missing = float(np.mean(_later(delays, ages))) if len(ages) else 0.0
    rows = tuple(
        (
            f"{hours} h",
            float(_later(delays, np.array([hours * 3600.0]))[0]),
            float(np.mean(ages < hours * 3600.0)) if len(ages) else 0.0,
        )
        for hours in _HORIZONS_H
    )
    evidence: dict[str, float | str] = {
        "p50_hours": float(quantiles[0]),
        "p90_hours": float(quantiles[1]),
        "p99_hours": float(quantiles[2]),
        "expected_missing_share": missing,
    }
    what = (
        f"conversions come after {quantiles[0]:.1f} h (median), {quantiles[1]:.1f} h (90 %), {quantiles[2]:.1f} h "
        f"(99 %); at the end of the log about {missing:.1%} are still to come"
    )
    severity = Severity.WARN if missing > MANY_MISSING else Severity.NOTE
    hint = "end the training rows earlier, or correct for the delay" if severity is Severity.WARN else ""
    section = Section("conversion delay", ("horizon", "conversions later than this", "clicks younger than this"), rows)
    return Checked((Finding(CHECK, severity, what, "rows", hint, evidence),), (section,))


def _column(source: CheckSource, expression: str, condition: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    step = -(-source.rows // 1_000_000) or 1
    fetched = source.query(f"SELECT ({expression})::DOUBLE FROM rows WHERE {condition} AND hash(_row) % {step} = 0")
    return np.array([row[0] for row in fetched], dtype=np.float64)


def _later(
    delays: np.ndarray[tuple[int], np.dtype[np.float64]], ages: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """``P(delay > age)`` for each age, from the delays seen."""
    beyond = len(delays) - np.searchsorted(np.sort(delays), ages, side="right")
    return np.asarray(beyond / len(delays), dtype=np.float64)
