"""Do the numbers lie where numbers of their name can lie?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource, is_number, quoted
from adplat.domain import FeatureKind, Finding, Severity

CHECK = "ranges"
FAR_OUT = 50.0  # spans between the 5th and 95th percentile; honest heavy tails stay inside
_SHARES = {"propensity": "> 0 AND {0} <= 1", "p_ctr": ">= 0 AND {0} <= 1", "p_cvr": ">= 0 AND {0} <= 1"}
_NOT_NEGATIVE = ("bid_micros", "price_micros", "min_to_win_micros", "position", "conversion_delay_s")
_SECONDS_1990, _SECONDS_2100 = 631_152_000, 4_102_444_800


def check_ranges(source: CheckSource) -> Checked:
    """Infinite values, impossible probabilities and impossible times block; outliers and negative money warn."""
    findings: list[Finding] = [*_shares(source), *_negative(source), *_times(source), *_labels(source)]
    table_rows = []
    for alias, feature in source.facts:
        if feature.kind is not FeatureKind.NUMERIC:
            continue
        finite = f"isfinite({alias})"
        infinite, low, p5, median, p95, high = source.one(
            f"SELECT count(*) FILTER (isinf({alias})), min({alias}) FILTER ({finite}), "
            f"quantile_cont({alias}, 0.05) FILTER ({finite}), median({alias}) FILTER ({finite}), "
            f"quantile_cont({alias}, 0.95) FILTER ({finite}), max({alias}) FILTER ({finite}) FROM facts"
        )
        table_rows.append((feature.name, low, p5, median, p95, high))
        if infinite:
            findings.append(
                Finding(
                    CHECK,
                    Severity.BLOCK,
                    f"feature {feature.name!r} is infinite in {infinite:,} rows",
                    feature.table or "rows",
                    "replace them by a number or by null",
                    {"rows": float(infinite)},
                )
            )
        if low is not None and p95 > p5:
            reach = max(high - p95, p5 - low) / (p95 - p5)
            if reach > FAR_OUT:
                findings.append(
                    Finding(
                        CHECK,
                        Severity.WARN,
                        f"feature {feature.name!r} has values {reach:,.0f} times its usual spread away",
                        feature.table or "rows",
                        "check the unit; cap or transform the feature",
                        {"min": low, "max": high, "p5": p5, "p95": p95},
                    )
                )
    columns = ("feature", "min", "p5", "median", "p95", "max")
    sections = (Section("numeric features", columns, tuple(table_rows)),) if table_rows else ()
    return Checked(tuple(findings), sections)


def _shares(source: CheckSource) -> list[Finding]:
    findings = []
    for name, rule in _SHARES.items():
        if not is_number(source.columns["rows"].get(name, "")):
            continue
        test = f"{name} {rule.format(name)}"
        bad = source.one(f"SELECT count(*) FILTER (NOT ({test})) FROM rows")[0]
        if bad:
            what = f"{name} lies outside 0 to 1 in {bad:,} rows"
            hint = "a propensity or probability must be above 0 and at most 1; mend the log"
            findings.append(Finding(CHECK, Severity.BLOCK, what, "rows", hint, {"rows": float(bad)}))
    return findings


def _negative(source: CheckSource) -> list[Finding]:
    findings = []
    for name in _NOT_NEGATIVE:
        if not is_number(source.columns["rows"].get(name, "")):
            continue
        bad = source.one(f"SELECT count(*) FILTER ({quoted(name)} < 0) FROM rows")[0]
        if bad:
            what = f"{name} is negative in {bad:,} rows"
            findings.append(Finding(CHECK, Severity.WARN, what, "rows", "mend the log", {"rows": float(bad)}))
    return findings


def _times(source: CheckSource) -> list[Finding]:
    if not source.has_time or not source.rows:
        return []
    outside, unread = source.one(
        f"SELECT count(*) FILTER (_t < {_SECONDS_1990} OR _t > {_SECONDS_2100}), "
        f"count(*) FILTER (_t IS NULL AND {quoted(source.schema.time)} IS NOT NULL) FROM rows"
    )
    findings = []
    if outside:
        what = f"{source.schema.time!r} lies outside 1990–2100 in {outside:,} rows"
        hint = "give unix seconds (not milliseconds) or date-times"
        findings.append(Finding(CHECK, Severity.BLOCK, what, "rows", hint, {"rows": float(outside)}))
    if unread:
        what = f"{source.schema.time!r} is no time in {unread:,} rows"
        findings.append(Finding(CHECK, Severity.BLOCK, what, "rows", "write ISO date-times"))
    return findings


def _labels(source: CheckSource) -> list[Finding]:
    findings = []
    for outcome in source.schema.outcomes:
        kind = source.columns["rows"].get(outcome.column, "")
        if outcome.at_least != 1.0 or not is_number(kind):
            continue
        odd = source.one(f"SELECT count(*) FILTER ({quoted(outcome.column)} NOT IN (0, 1)) FROM rows")[0]
        if odd:
            what = f"outcome column {outcome.column!r} is neither 0 nor 1 in {odd:,} rows"
            hint = f"they count as 1 from {outcome.at_least:g} up; set 'at_least' if that is not meant"
            findings.append(Finding(CHECK, Severity.WARN, what, "rows", hint, {"rows": float(odd)}))
    return findings
