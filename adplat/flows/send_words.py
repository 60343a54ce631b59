"""What an e-mail with a report says, in English and Chinese."""

from __future__ import annotations

from adplat.domain import SavedReport

_SUBJECT = {"en": "Report: {name} ({days})", "zh": "报表：{name}（{days}）"}
_TEXT = {
    "en": (
        "{name}\n\nDays: {since} to {last} ({zone})\nRows: {rows}\n"
        "The report is in the file beside this text.\n"
        "{link}\nSent by adplat in the name of {owner}; who owns the schedule can stop it.\n"
    ),
    "zh": (
        "{name}\n\n日期：{since} 至 {last}（{zone}）\n行数：{rows}\n报表见附件。\n"
        "{link}\n由 adplat 以 {owner} 的名义发送；定时任务的所有者可将其停止。\n"
    ),
}
_LINK = {"en": "See it at {address}\n", "zh": "在线查看：{address}\n"}


def mail_words(language: str, report: SavedReport, since: str, last: str, row_count: int, link: str) -> tuple[str, str]:
    """Subject and text; ``since`` and ``last``: the first and the last day."""
    address = f"{link.rstrip('/')}/reports/saved/{report.report_id}" if link else ""
    told = {
        "name": report.name,
        "days": f"{since} – {last}",
        "since": since,
        "last": last,
        "zone": report.question.time_zone,
        "rows": f"{row_count:,}",
        "owner": report.owner,
        "link": _LINK[language].format(address=address) if address else "",
    }
    return _SUBJECT[language].format(**told), _TEXT[language].format(**told)
