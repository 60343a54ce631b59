"""One sending of a saved report: its file is made with its owner's rights of this moment, and each target gets it once.

A job may begin more than once. What a target took is written down at once, and not sent to it again; a worker that is
killed between the two sends it again under the same Message-ID or ``Adplat-Delivery``, by which it is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from adplat.domain import (
    AuditEntry,
    Breakdown,
    ConfigRejected,
    HookBody,
    InputError,
    Job,
    NotPermitted,
    NotTaken,
    ReportSchedule,
    ReportSend,
    Right,
    SavedReport,
    SendState,
    StoreUnreachable,
    UnknownReference,
    Viewer,
    actor_kind,
    in_words,
)
from adplat.flows.ask_report import asked_saved, table_of
from adplat.flows.describe_report import MEDIA_TYPES, breakdown_document, file_name, report_document, report_file
from adplat.flows.send_parts import Letter, SendParts
from adplat.flows.send_words import mail_words
from adplat.flows.sending_rules import webhook_secret, webhook_signature

USER_AGENT = "adplat"
_LONGEST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Made:
    """The report as it goes out."""

    report: SavedReport
    since: str
    last: str
    row_count: int
    document: bytes
    file: bytes
    file_name: str
    media_type: str

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.file).hexdigest()


def do_send_job(parts: SendParts, job: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """Which targets took it, and which never will. Raises NotTaken: some may later, and are tried again."""
    one = parts.sends.found(job.order.subject)
    due = datetime.fromisoformat(job.order.payload["due"])
    if one is None:
        return {"state": "gone"}
    if not one.is_on and not job.order.payload.get("by_hand"):
        return {"state": "off"}
    try:
        viewer = viewer_of(parts, one)
        made = _made(parts, viewer, one, due)
    except (NotPermitted, UnknownReference) as reason:
        _tell(parts, job, one, SendState.NOT_ALLOWED, str(reason.for_others()), {})
        return {"state": SendState.NOT_ALLOWED.value, "why": str(reason.for_others())}
    except StoreUnreachable:
        raise
    except InputError as reason:
        _tell(parts, job, one, SendState.FAILED, str(reason.for_others()), {})
        raise
    tell(0.3)
    return _sent(parts, job, one, due, made, tell)


def viewer_of(parts: SendParts, one: ReportSchedule) -> Viewer:
    """The owner, as the owner may now. Raises NotPermitted, saying why nothing is sent."""
    account = parts.people.account(one.owner)
    where = f"user {one.owner}"
    if account is None or account.user.disabled is not None:
        raise NotPermitted("its owner is disabled", where=where, hint="let somebody else schedule it")
    user = account.user
    scope = user.advertisers
    if one.scope is not None:
        scope = frozenset(name for name in one.scope if user.viewer().may_see(name))
        if not scope:
            raise NotPermitted("its owner sees none of it any more", where=where, hint="let somebody else schedule it")
    viewer = Viewer(user.user_id, user.role, scope)
    for right in (Right.SEE_REPORTS, Right.EXPORT_REPORTS, Right.SAVE_REPORTS):
        viewer.require(right)
    return viewer


def _made(parts: SendParts, viewer: Viewer, one: ReportSchedule, due: datetime) -> Made:
    report = parts.saved(viewer).find(one.report_id)
    question = report.question.at(due)
    seen = parts.reports(viewer)
    found = asked_saved(seen, question, report.question.metrics)
    document = breakdown_document(*found) if isinstance(found[0], Breakdown) else report_document(*found)
    table = replace(table_of(seen, found), title=report.name)
    kind = one.to.file
    return Made(
        report,
        str(question.since),
        str(question.last_day),
        len(table.rows),
        msgspec.json.encode(document),
        report_file(table, kind),
        file_name(question, kind),
        MEDIA_TYPES[kind],
    )


def _sent(
    parts: SendParts, job: Job, one: ReportSchedule, due: datetime, made: Made, tell: Callable[[float], None]
) -> Mapping[str, Any]:
    taken = {send.target for send in parts.sends.taken(one.schedule_id, due)}
    targets, refused, later = one.to.targets(), dict[str, str](), dict[str, str]()
    for number, target in enumerate(targets, start=1):
        if target in taken:
            continue
        try:
            parts.rules.require(one.to)
            _send_one(parts, one, due, made, target)
        except NotTaken as reason:
            later[target] = str(reason.for_others())
        except ConfigRejected as reason:
            refused[target] = str(reason.for_others())
        else:
            taken.add(target)
            send = ReportSend(one.schedule_id, due, target, parts.clock.now(), made.sha256, made.row_count)
            parts.sends.keep(send)
        tell(0.3 + 0.7 * number / len(targets))
    wrong = "; ".join(f"{target}: {why}" for target, why in (later | refused).items())
    is_last = job.attempts >= job.order.most_attempts
    if later and not is_last:
        state = SendState.RETRYING
    elif taken:
        state = SendState.PARTLY if wrong else SendState.SENT
    else:
        state = SendState.FAILED
    facts = {
        "days": f"{made.since} to {made.last}",
        "rows": str(made.row_count),
        "sha256": made.sha256,
        "file": made.file_name,
        "taken": ", ".join(sorted(taken)),
        "question": in_words(made.report.question.told()),
    }
    _tell(parts, job, one, state, wrong, facts)
    if later:
        raise NotTaken(wrong[:_LONGEST_TOLD], where=one.schedule_id, hint="see the mail server or the webhook")
    return {
        "state": state.value,
        "taken": sorted(taken),
        "refused": refused,
        "rows": made.row_count,
        "sha256": made.sha256,
    }


def _send_one(parts: SendParts, one: ReportSchedule, due: datetime, made: Made, target: str) -> None:
    kind, _, address = target.partition(" ")
    delivery = hashlib.sha256(f"{one.schedule_id}\n{due.isoformat()}\n{target}".encode()).hexdigest()[:32]
    if kind == "mail":
        subject, text = mail_words(one.to.language, made.report, made.since, made.last, made.row_count, parts.link)
        parts.mail(Letter(address, subject, text, delivery, made.file_name, made.media_type, made.file))
        return
    as_json = one.to.body is HookBody.JSON
    body = made.document if as_json else made.file
    sent_s = int(parts.clock.now().timestamp())
    headers = {
        "content-type": "application/json" if as_json else made.media_type,
        "user-agent": USER_AGENT,
        "adplat-delivery": delivery,
        "adplat-schedule": one.schedule_id,
        "adplat-due": due.isoformat(timespec="seconds"),
        "adplat-timestamp": str(sent_s),
        "adplat-signature": webhook_signature(webhook_secret(parts.secret, one), sent_s, body),
    }
    if not as_json:
        headers["content-disposition"] = f'attachment; filename="{made.file_name}"'
    parts.post(one.to.webhook, body, headers)


def _tell(
    parts: SendParts, job: Job, one: ReportSchedule, state: SendState, told: str, facts: Mapping[str, str]
) -> None:
    actor = f"job {job.job_id}"
    detail = {"schedule": one.schedule_id, "owner": one.owner, "state": state.value, **facts}
    if told:
        detail["reason"] = told[:_LONGEST_TOLD]
    now = parts.clock.now()
    action = "report send" if facts else "report not sent"
    entry = AuditEntry(now, actor, action, one.report_id, detail, actor_kind(actor), one.advertiser_id)
    parts.sends.tell(one.schedule_id, state, told[:_LONGEST_TOLD], now, entry)
