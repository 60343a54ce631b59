"""What leaves a service of an error: what, where and how to mend it, but not where the machine keeps its files."""

from __future__ import annotations

import json

import pytest

from adplat.domain import AdplatError, InternalFault, TableRejected
from services.admin.problems import of_error
from services.hosting.answers import refused

DAMAGED = TableRejected("no magic bytes in /srv/lake/clicks/a.parquet", where="/srv/lake", hint="write it again")


def test_callers_hear_what_is_wrong_without_the_place() -> None:
    reply = refused(DAMAGED)
    told = {"what": "no magic bytes in a.parquet", "where": "", "hint": "write it again"}
    assert (reply.status, json.loads(reply.body)) == (422, told)


def test_people_hear_the_same_and_the_log_has_the_place(caplog: pytest.LogCaptureFixture) -> None:
    assert of_error(DAMAGED) == (422, "no magic bytes in a.parquet", "", "write it again")
    [line] = caplog.records
    assert getattr(line, "reason", None) == "/srv/lake"


@pytest.mark.parametrize("error", [TableRejected("no such field", where="plan.days", hint="see /openapi.json")])
def test_a_field_is_a_place_that_everybody_hears(error: AdplatError, caplog: pytest.LogCaptureFixture) -> None:
    assert of_error(error) == (422, "no such field", "plan.days", "see /openapi.json")
    assert json.loads(refused(error).body)["where"] == "plan.days"
    assert caplog.records == []


def test_what_is_our_fault_is_told_by_nothing_but_that() -> None:
    fault = InternalFault("a query is wrong: no column in SELECT 1", where="/srv/lake", hint="tell us")
    assert json.loads(refused(fault).body) == {
        "what": "this is a fault of adplat",
        "where": "",
        "hint": "see the server's log",
    }
