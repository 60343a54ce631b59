"""Do clicks and conversions belong to impressions, come after them, and respect consent? (world folders)"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from adplat.data.check_report import Checked
from adplat.data.checks.source import CheckSource
from adplat.domain import Finding, Severity

CHECK = "events"
MANY = 0.01


def check_events(source: CheckSource) -> Checked:
    """Events of unknown decisions and events before their cause warn, many of them block; so does a user
    key without consent."""
    if source.kind != "world":
        return Checked()
    findings: list[Finding] = []
    for table in ("clicks", "conversions"):
        total, orphans = source.one(
            f"SELECT count(*), count(*) FILTER (decision_id NOT IN "
            f"(SELECT decision_id FROM impressions WHERE decision_id IS NOT NULL)) FROM {table}"
        )
        findings += _share(f"{table} of unknown decisions", orphans, total, "import the missing impressions")
    clicks, early = source.one(
        "SELECT count(*), count(*) FILTER (c.ts < i.ts) FROM clicks c JOIN impressions i USING (decision_id)"
    )
    findings += _share("clicks before their impression", early, clicks, "check the clocks that wrote the log")
    conversions, too_soon = source.one(
        "SELECT count(conversion_delay_s), count(*) FILTER (conversion_delay_s < 0) FROM rows"
    )
    findings += _share("conversions before their click", too_soon, conversions, "check the clocks")
    if source.columns["rows"].get("consent") == "BOOLEAN" and "user_key" in source.columns["rows"]:
        kept = source.one("SELECT count(*) FILTER (NOT consent AND user_key <> '') FROM rows")[0]
        if kept:
            what = f"{kept:,} impressions keep a user key without consent"
            findings.append(Finding(CHECK, Severity.BLOCK, what, "impressions", "empty the user key"))
    return Checked(tuple(findings))


def _share(what: str, bad: int, total: int, hint: str) -> list[Finding]:
    if not bad:
        return []
    share = bad / total
    severity = Severity.BLOCK if share > MANY else Severity.WARN
    said = f"{bad:,} {what} ({share:.2%})"
    return [Finding(CHECK, severity, said, "lake", hint, {"rows": float(bad), "share": share})]
