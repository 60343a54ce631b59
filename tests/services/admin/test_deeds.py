"""Every deed that the source writes to the audit trail and every kind of job has words, and none has them in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.domain import CreativeStatus, JobOrder, RolloutDeed
from adplat.storage import SqlAuditTrail, SqlJobs
from services.admin.wording import LANGUAGES, named, words_in
from services.admin.words.deeds import JOB_KINDS, KNOWN_DEEDS
from tests.services.admin.admins import Admin

ROOT = Path(__file__).parents[3]
# What is put together as it runs, by its source, and all that can come of it.
_GO_LIVE = {"deploy", "promote", "rollback"}
_BY_HAND = {CreativeStatus.APPROVED, CreativeStatus.REJECTED}
_BY_OWNER = {CreativeStatus.LIVE, CreativeStatus.PAUSED, CreativeStatus.RETIRED}
PUT_TOGETHER: dict[str, set[str]] = {
    "f'creative {after.status.value}'": {f"creative {one.value}" for one in _BY_HAND | _BY_OWNER},
    "kind.value": {"promote", "rollback"},
    "f'{action} begun'": {f"{one} begun" for one in _GO_LIVE},
    "f'{action} failed'": {f"{one} failed" for one in _GO_LIVE},
    "f'{order.deed.value} refused'": {f"{deed.value} refused" for deed in RolloutDeed if deed.changes},
    "row.action": set(),  # read back
    "deed": set(),  # the same, of an exported file
    "deed.kind": {deed.kind for deed in RolloutDeed},
}
PLAIN = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def sources() -> dict[Path, ast.Module]:
    files = [file for room in ("adplat", "services") for file in (ROOT / room).rglob("*.py")]
    return {
        file: ast.parse(file.read_text())
        for file in files
        if "generated" not in file.parts and not file.name.startswith("bench_")
    }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, PLAIN))


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]


def takers(name: str, first: str) -> dict[str, list[tuple[Path | None, int]]]:
    """Functions with a parameter of that name, with its place: those of one file that begin with ``_`` are its own."""
    found: dict[str, list[tuple[Path | None, int]]] = {first: [(None, {"AuditEntry": 2}.get(first, 0))]}
    for file, tree in sources().items():
        for function in functions(tree):
            if name in parameters(function) and file.parent.name != "admin":
                whose = file if function.name.startswith("_") else None
                found.setdefault(function.name, []).append((whose, parameters(function).index(name)))
    return found


def told_in_source(name: str, first: str) -> tuple[set[str], list[str]]:
    """All that is given for such a parameter anywhere, and what this test cannot follow."""
    known, found, lost = takers(name, first), set[str](), list[str]()
    for file, tree in sources().items():
        owners = {call: function for function in functions(tree) for call in ast.walk(function)}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            places = {place for whose, place in known.get(called, ()) if whose in {None, file}}
            named_so = [one.value for one in call.keywords if one.arg == name]
            given = named_so or [call.args[place] for place in places if place < len(call.args)]
            for value in () if called.startswith("about") else given:  # what is asked for is not written
                told = resolved(value, owners.get(call), tree, name)
                lost += [f"{file.name}:{call.lineno} {ast.unparse(value)}"] if told is None else []
                found |= told or set()
    return found, lost


def resolved(
    value: ast.expr, owner: ast.FunctionDef | ast.AsyncFunctionDef | None, tree: ast.Module, name: str
) -> set[str] | None:
    """The texts that an expression can be; empty where the caller gives it; ``None``: not to be followed."""
    if (source := ast.unparse(value)) in PUT_TOGETHER:
        return PUT_TOGETHER[source]
    if isinstance(value, ast.Name):
        if owner is not None and value.id == name and name in parameters(owner):
            return set()
        told = _named(value.id, tree)
        return None if told is None else resolved(told, owner, tree, name)
    choices = [value]
    if isinstance(value, ast.IfExp):
        choices = [value.body, value.orelse]
    elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict):
        choices = value.value.values
    texts = [str(one.value) for one in choices if isinstance(one, ast.Constant)]
    return set(texts) if len(texts) == len(choices) else None


def _named(name: str, tree: ast.Module) -> ast.expr | None:
    """What a name is given in its file, or as a constant of the file that it is imported from."""
    for made in ast.walk(tree):
        told = _assigned(made, name) if isinstance(made, ast.Assign) else None
        if told is not None:
            return told
    if not any(one.name == name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names):
        return None
    everywhere = (made for other in sources().values() for made in other.body if isinstance(made, ast.Assign))
    return next((told for made in everywhere if isinstance(told := _assigned(made, name), ast.Constant)), None)


def _assigned(made: ast.Assign, name: str) -> ast.expr | None:
    for target in made.targets:
        if isinstance(target, ast.Name) and target.id == name:
            return made.value
        if isinstance(target, ast.Tuple) and isinstance(made.value, ast.Tuple):
            names = [ast.unparse(one) for one in target.elts]
            if name in names:
                return made.value.elts[names.index(name)]
    return None


def test_every_deed_that_is_written_has_words_and_no_other() -> None:
    written, lost = told_in_source("action", "AuditEntry")
    assert lost == [], "say in PUT_TOGETHER what can come of it"
    assert written - KNOWN_DEEDS == set(), "give these words: services/admin/words/deeds.py"
    assert KNOWN_DEEDS - written == set()


def test_every_kind_of_job_that_is_ordered_has_words_and_no_other() -> None:
    ordered, lost = told_in_source("kind of job", "JobOrder")
    assert lost == []
    assert ordered == set(JOB_KINDS)


def test_the_trail_tells_deeds_in_words_and_asks_and_exports_by_their_ids(admin: Admin) -> None:
    mei = admin.as_("mei")
    made = mei.get("/v1/campaigns/k1")
    mei.patch("/v1/campaigns/k1", json={"name": "Spring tea"}, headers={"if-match": made.headers["etag"]})
    with closing(bootstrap.open_database(admin.settings)) as database:
        trail, now = SqlAuditTrail(database), bootstrap.clock().now()
        trail.record(now, "mei", "campaign bless", "k1", {}, advertiser_id="a1")
        trail.record(now, "mei", "deploy begun", "b1", {}, advertiser_id="a1")
    zh = {"accept-language": "zh"}
    for path in ("/audit", "/campaigns/k1"):
        told = mei.get(path, headers=zh).text
        assert ">修改投放计划</td>" in told
        assert ">campaign bless</td>" in told  # of no version that is known: its id
    assert ">Campaign changed</td>" in mei.get("/campaigns/k1", headers={"accept-language": "en"}).text
    asked = mei.get("/audit?action=campaign+change", headers=zh).text
    assert '<option value="campaign change" selected>修改投放计划</option>' in asked
    assert ">修改投放计划</td>" in asked and ">campaign bless</td>" not in asked
    assert (
        "开始部署模型</td>" not in mei.get("/audit?action=deploy", headers=zh).text
    )  # a deed chosen is that one alone
    unknown = mei.get("/audit?action=bless", headers=zh).text
    assert '<option value="bless" selected>bless</option>' in unknown and ">campaign bless</td>" in unknown
    assert "campaign change" in {one["action"] for one in mei.get("/v1/audit").json()["items"]}
    file = mei.post("/v1/audit/export").text
    assert ",campaign change," in file and "修改投放计划" not in file


def test_jobs_tell_their_kind_in_words_and_are_asked_for_by_it(admin: Admin) -> None:
    olga, zh = admin.as_("olga"), {"accept-language": "zh"}
    with closing(bootstrap.open_database(admin.settings)) as database:
        jobs, now = SqlJobs(database), bootstrap.clock().now()
        kinds = ("send-report", "model shadow", "model shadow off", "of-old")
        made = [jobs.add(JobOrder(kind, "k1", now, "olga"), now) for kind in kinds]
    listed = olga.get("/jobs", headers=zh).text
    assert re.findall(r'<th scope="row" class="deed">(.*?)</th>', listed)[:4] == [
        "of-old",
        "取消影子模型",
        "设置影子模型",
        "发送报表",
    ]
    assert "发送报表" in olga.get(f"/jobs/{made[0].job_id}", headers=zh).text
    asked = olga.get("/jobs?kind=model+shadow", headers=zh).text
    assert '<option value="model shadow" selected>设置影子模型</option>' in asked
    assert re.findall(r'<th scope="row" class="deed">(.*?)</th>', asked) == ["设置影子模型"]
    assert "send-report" in {one["kind"] for one in olga.get("/v1/jobs").json()["items"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_deeds_are_told_alike(language: str) -> None:
    say = words_in(language)
    for told in (KNOWN_DEEDS, JOB_KINDS):
        kind = "job kind" if told is JOB_KINDS else "deed"
        words = [named(say, kind, one) for one in told]
        assert len(set(words)) == len(words)
