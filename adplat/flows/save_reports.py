"""People keep reports under names, and have them sent: what is sound, whose it is, and who may."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from adplat.domain import (
    SEND_REPORT,
    AuditEntry,
    ConfigRejected,
    Job,
    ReportSchedule,
    Right,
    SavedReport,
    SendTimes,
    SendTo,
    in_words,
    times_told,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.edit_campaigns import changes_of, require_line
from adplat.flows.made_once import REQUEST, digest_of, id_of, made_before
from adplat.flows.send_orders import send_order

MOST_SAVED, MOST_SCHEDULES = 200, 50
LEAST_BETWEEN = timedelta(minutes=1)


def save_report(parts: SeenParts, wanted: SavedReport, key: str = "") -> SavedReport:
    """``wanted`` without an id, an owner and moments. Raises ConfigRejected, UnknownReference."""
    parts.viewer.require(Right.SAVE_REPORTS)
    advertiser_id = _whose(parts, wanted.advertiser_id)
    require_sound_report(wanted)
    named = id_of(parts, "r", key)
    digest = digest_of([wanted.name, advertiser_id, wanted.is_shared, wanted.question.told(), wanted.files])
    if (there := made_before(parts, named, digest, parts.saved.find)) is not None:
        return there
    if parts.saved.count() >= MOST_SAVED:
        raise ConfigRejected(f"{MOST_SAVED} reports are kept", where="name", hint="delete one that nobody needs")
    now = parts.clock.now()
    made = replace(wanted, report_id=named, owner=parts.by, advertiser_id=advertiser_id, created=now, changed=now)
    entry = _entry(parts, "report save", named, advertiser_id, {"name": made.name, REQUEST: digest, **_asked(made)})
    if not parts.saved.add(made, entry):
        return made_before(parts, named, digest, parts.saved.find) or made
    return made


def change_report(parts: SeenParts, report_id: str, step: Callable[[SavedReport], SavedReport]) -> SavedReport:
    """What ``step`` makes of it; owner, advertiser and moments stay. Raises UnknownReference, NotPermitted."""
    parts.viewer.require(Right.SAVE_REPORTS)

    def checked(before: SavedReport) -> SavedReport:
        after = step(before)
        kept = replace(
            after,
            report_id=before.report_id,
            owner=before.owner,
            advertiser_id=before.advertiser_id,
            created=before.created,
            changed=before.changed,
        )
        require_sound_report(kept)
        return before if kept == before else replace(kept, changed=parts.clock.now())

    def entry(before: SavedReport, after: SavedReport) -> AuditEntry:
        told = changes_of(before, after)
        told.pop("changed", None)
        if "question" in told:
            told["question"] = f"{in_words(before.question.told())} → {in_words(after.question.told())}"
        return _entry(parts, "report change", report_id, after.advertiser_id, told)

    return parts.saved.change(report_id, checked, entry)


def remove_report(parts: SeenParts, report_id: str, check: Callable[[SavedReport], None]) -> None:
    """With its schedules. Raises UnknownReference, NotPermitted, and what ``check`` raises."""
    parts.viewer.require(Right.SAVE_REPORTS)
    parts.saved.remove(
        report_id,
        check,
        lambda one: _entry(parts, "report remove", report_id, one.advertiser_id, {"name": one.name, **_asked(one)}),
    )


def require_sound_report(one: SavedReport) -> None:
    """Raises ConfigRejected for what cannot be kept."""
    require_line(one.name, "name")
    if not one.files or len(set(one.files)) != len(one.files):
        raise ConfigRejected("no file, or one twice", where="files", hint="name each kind of file once")


def add_schedule(parts: SeenParts, report_id: str, times: SendTimes, to: SendTo, key: str = "") -> ReportSchedule:
    """Send it by itself from now on. Raises ConfigRejected, UnknownReference, NotPermitted."""
    report = _sendable(parts, report_id)
    parts.sending.require(to)
    named, digest = id_of(parts, "s", key), digest_of([report_id, times, to])
    if (there := made_before(parts, named, digest, parts.schedules.find)) is not None:
        return there
    if parts.schedules.count() >= MOST_SCHEDULES:
        raise ConfigRejected(f"{MOST_SCHEDULES} schedules are kept", where="times", hint="delete one")
    now = parts.clock.now()
    made = ReportSchedule(
        schedule_id=named,
        report_id=report_id,
        owner=parts.by,
        advertiser_id=report.advertiser_id,
        times=times,
        to=to,
        created=now,
        next_at=times.after(now),
        scope=_scope(parts),
    )
    entry = _entry(parts, "schedule add", named, made.advertiser_id, {REQUEST: digest, **_whereto(made)})
    if not parts.schedules.add(made, entry):
        return made_before(parts, named, digest, parts.schedules.find) or made
    return made


def change_schedule(
    parts: SeenParts, schedule_id: str, step: Callable[[ReportSchedule], ReportSchedule]
) -> ReportSchedule:
    """Times, targets, on or off, another secret; a key narrows it to what the key sees. Raises UnknownReference."""
    _sendable(parts, parts.schedules.find(schedule_id).report_id)

    def checked(before: ReportSchedule) -> ReportSchedule:
        after = step(before)
        if after == before:
            return before
        if before.owner != parts.by and (after.times, after.to) != (before.times, before.to):
            # Its reports are its owner's: nobody else sends them elsewhere.
            raise ConfigRejected("it is somebody else's", where=schedule_id, hint="switch it off, or make one of yours")
        if after.to != before.to:
            parts.sending.require(after.to)
        begins_anew = after.times != before.times or (after.is_on and not before.is_on)
        next_at = after.times.after(parts.clock.now()) if begins_anew else before.next_at
        scope = _scope(parts) if before.owner == parts.by else before.scope
        return replace(after, next_at=next_at, scope=scope)

    def entry(before: ReportSchedule, after: ReportSchedule) -> AuditEntry:
        was, now = _told(before), _told(after)
        told = {name: f"{was[name]} → {now[name]}" for name in now if was[name] != now[name]}
        return _entry(parts, "schedule change", schedule_id, after.advertiser_id, told)

    return parts.schedules.change(schedule_id, checked, entry)


def remove_schedule(parts: SeenParts, schedule_id: str, check: Callable[[ReportSchedule], None]) -> None:
    """Raises UnknownReference, and what ``check`` raises."""
    parts.viewer.require(Right.SAVE_REPORTS)
    parts.schedules.remove(
        schedule_id,
        check,
        lambda one: _entry(parts, "schedule remove", schedule_id, one.advertiser_id, _whereto(one)),
    )


def send_now(parts: SeenParts, schedule_id: str, key: str = "") -> Job:
    """What it would send now, besides what is due; the same key is the same sending. Raises ConfigRejected."""
    one = parts.schedules.find(schedule_id)
    _sendable(parts, one.report_id)
    if one.owner != parts.by:
        raise ConfigRejected("it is somebody else's", where=schedule_id, hint="make one of your own")
    now = parts.clock.now()
    latest = parts.jobs.latest(SEND_REPORT, schedule_id)
    named = f"{parts.by}:{schedule_id}:now:{id_of(parts, 'n', key)}"
    same = latest is not None and latest.order.idempotency_key == named
    if latest is not None and not same and now - latest.created_at < LEAST_BETWEEN and _is_by_hand(latest):
        raise ConfigRejected("it was sent a moment ago", where=schedule_id, hint="wait a minute")
    return parts.jobs.add(send_order(one, now, parts.by, named, by_hand=True), now)


def _is_by_hand(job: Job) -> bool:
    return bool(job.order.payload.get("by_hand"))


def _sendable(parts: SeenParts, report_id: str) -> SavedReport:
    parts.viewer.require(Right.SAVE_REPORTS)
    parts.viewer.require(Right.EXPORT_REPORTS)
    return parts.saved.find(report_id)


def _whose(parts: SeenParts, told: str | None) -> str | None:
    """Of one's only advertiser, where nobody says; of the staff: nobody's. Raises UnknownReference, ConfigRejected."""
    if told:
        return parts.edits.advertiser(told).advertiser_id
    mine = parts.viewer.advertisers
    if mine is None:
        return None
    if len(mine) != 1:
        raise ConfigRejected(
            "whose report is it?", where="advertiser_id", hint=f"name one of {', '.join(sorted(mine)[:20])}"
        )
    return next(iter(mine))


def _scope(parts: SeenParts) -> tuple[str, ...] | None:
    """A key that sees less than its owner does not have the rest sent to it."""
    viewer = parts.viewer
    return None if viewer.only is None or viewer.advertisers is None else tuple(sorted(viewer.advertisers))


def _asked(one: SavedReport) -> dict[str, str]:
    return {"question": in_words(one.question.told()), "shared": str(one.is_shared).lower()}


def _whereto(one: ReportSchedule) -> dict[str, str]:
    return {name: value for name, value in _told(one).items() if value}


def _told(one: ReportSchedule) -> dict[str, str]:
    """Of a webhook the host alone: the rest of its address may open it."""
    return {
        "report": one.report_id,
        "times": " ".join(f"{name}={value}" for name, value in times_told(one.times).items()),
        "file": one.to.file.value,
        "recipients": ", ".join(one.to.recipients),
        "language": one.to.language,
        "webhook": (urlsplit(one.to.webhook).hostname or "") if one.to.webhook else "",
        "webhook_sha256": hashlib.sha256(one.to.webhook.encode()).hexdigest()[:12] if one.to.webhook else "",
        "body": one.to.body.value,
        "secret": str(one.secret_number),
        "is_on": str(one.is_on).lower(),
        "scope": "" if one.scope is None else ", ".join(one.scope),
    }


def _entry(
    parts: SeenParts, action: str, subject: str, advertiser_id: str | None, detail: dict[str, str]
) -> AuditEntry:
    return AuditEntry(parts.clock.now(), parts.by, action, subject, detail, advertiser_id=advertiser_id)
