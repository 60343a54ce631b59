"""Saved reports on their way out, by mail and webhook."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import clock, require_workspace
from adplat.bootstrap.reports import report_parts
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_database, opened_jobs, seen_by
from adplat.domain import Job

if TYPE_CHECKING:
    from adplat.flows.send_parts import SendParts
    from adplat.flows.sending_rules import SendingRules


def admin_secret(settings: Settings) -> bytes:
    """Of the workspace: what ids, and the secrets of webhooks, follow from."""
    from adplat import storage

    require_workspace(settings)
    return storage.kept_secret(settings.workspace / "admin" / "secret")


def sending_rules(settings: Settings) -> SendingRules:
    """What may be sent from here, and whereto."""
    from adplat.flows.sending_rules import SendingRules

    domains = frozenset(name for one in settings.smtp_domains.split(",") if (name := one.strip().lower().lstrip("@")))
    return SendingRules(bool(settings.smtp_host), domains, settings.webhook_local)


@contextmanager
def opened_report_sends(settings: Settings) -> Iterator[SendParts]:
    """What the worker sends saved reports with. Raises StoreUnreachable."""
    from adplat import storage
    from adplat.flows.send_parts import Letter, SendParts

    host = settings.smtp_host

    def mail(letter: Letter) -> None:
        from adplat.client import Mail, MailServer, send_mail

        server = MailServer(
            host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_from or f"adplat@{host or 'localhost'}",
            settings.smtp_ca,
        )
        send_mail(server, Mail(**{name: getattr(letter, name) for name in Mail.__dataclass_fields__}))

    def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
        from adplat.client import HookRules, post_webhook

        return post_webhook(HookRules(settings.webhook_local, ca_file=settings.smtp_ca), address, body, headers)

    with closing(open_database(settings)) as database:
        yield SendParts(
            sends=storage.SqlReportSends(database),
            people=storage.SqlPeople(database),
            saved=lambda viewer: storage.SqlSavedReports(seen_by(database, viewer), viewer),
            reports=lambda viewer: report_parts(settings, database, viewer),
            mail=mail,
            post=post,
            rules=sending_rules(settings),
            secret=admin_secret(settings),
            clock=clock(),
            link=settings.admin_url,
        )


def send_due_reports(settings: Settings) -> list[Job]:
    """What is due is ordered and sent, here and now; the jobs as they ended. Raises StoreUnreachable."""
    from adplat.domain import SEND_REPORT
    from adplat.flows.run_jobs import run_next_job
    from adplat.flows.send_report import do_send_job
    from adplat.flows.watch_reports import watch_reports

    worker_id, done = f"{socket.gethostname()}:{os.getpid()}", []
    with opened_report_sends(settings) as parts, opened_jobs(settings) as queue:
        watch_reports(parts.sends, parts.clock)
        handlers = {SEND_REPORT: partial(do_send_job, parts)}
        while job := run_next_job(queue, handlers, worker_id, parts.clock, lease_s=settings.job_lease_s):
            done.append(queue.find(job.job_id))
    return done
