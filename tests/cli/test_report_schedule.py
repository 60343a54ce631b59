"""``adplat report-schedule``: what is due is sent from the machine, by the same jobs as the worker's."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.cli import run
from adplat.domain import (
    AuditEntry,
    Every,
    ReportPeriod,
    ReportSchedule,
    Role,
    SavedQuestion,
    SavedReport,
    SendTimes,
    SendTo,
    User,
)
from adplat.flows.manage_people import add_person
from adplat.flows.passwords import PasswordCost
from adplat.storage import SqlReportSchedules, SqlSavedReports, seen_by
from tests.services.admin.outside import a_mail_server

CHEAP = PasswordCost(memory_kib=8, passes=1, lanes=1)


def a_schedule(workspace: Path, recipient: str) -> None:
    """Of root, due an hour ago."""
    settings = bootstrap.read_settings(workspace=workspace)
    root, now = User("root", Role.ADMIN), datetime.now(UTC)
    past = now - timedelta(hours=1)
    with bootstrap.opened_people(settings) as people:
        add_person(replace(people, cost=CHEAP), root, "four words not together")
    with closing(bootstrap.open_database(settings)) as database:
        mine, viewer = seen_by(database, root.viewer()), root.viewer()
        question = SavedQuestion(ReportPeriod.YESTERDAY)
        entry = AuditEntry(past, "root", "report save", "r1", {})
        report = SavedReport("r1", "root", None, "Daily", question, past, past)
        assert SqlSavedReports(mine, viewer).add(report, entry)
        to = SendTo(recipients=(recipient,))
        # Due again in an hour or two, whatever it is now, and not while it is sent.
        times = SendTimes(Every.DAY, (now + timedelta(hours=2)).hour)
        made = ReportSchedule("s1", "r1", "root", None, times, to, past, past)
        assert SqlReportSchedules(mine, viewer).add(made, entry)


def test_what_is_due_is_sent_once_and_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_schedule(tmp_path, "li@tea.example")
    with a_mail_server() as box:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"ADPLAT_SMTP_{name}", value)
        assert run(["report-schedule", "run-due", "--workspace", str(tmp_path)]) == 0
        assert "schedule s1: sent" in capsys.readouterr().err
        assert run(["report-schedule", "run-due", "--workspace", str(tmp_path)]) == 0
        assert "nothing is due" in capsys.readouterr().err
    assert box.recipients == ["li@tea.example"]
    assert run(["report-schedule", "list", "--workspace", str(tmp_path), "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)["schedules"]
    assert (one["state"], one["owner"]) == ("sent", "root")
    assert run(["report-schedule", "list", "--workspace", str(tmp_path)]) == 0
    assert "li@tea.example" in capsys.readouterr().out


def test_what_could_not_be_sent_ends_with_one_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_schedule(tmp_path, "li@tea.example")
    monkeypatch.setenv("ADPLAT_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ADPLAT_SMTP_PORT", "1")
    assert run(["report-schedule", "run-due", "--workspace", str(tmp_path), "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["jobs"][0]["state"] == "queued" and "does not answer" in said.err
