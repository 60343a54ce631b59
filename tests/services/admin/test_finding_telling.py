"""What reviews find is told in the language of the page; sentences of older reviews stay as they were written."""

from __future__ import annotations

import html
import re
from string import Formatter
from typing import Any

import pytest

from adplat.artwork import OpenedPicture, open_upload
from adplat.data import load_placements
from adplat.flows.describe_drafts import review_document
from adplat.review import Subject, Words, all_rules, review_creative
from services.admin.finding_telling import told_finding
from services.admin.wording import words_in
from services.admin.words.findings import FINDINGS
from tests.services.admin.admins import Admin, a_picture
from tests.services.admin.test_creatives_gallery import hand_in

EN, ZH = words_in("en"), words_in("zh")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile("“[^”]*”")
SAYINGS = [(rule, name, saying) for rule in all_rules() for name, saying in rule.sayings.items()]
HEADLINE = "BUY the BEST casino bonus NOW!!! 50% off, only $9 😀"


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize(("rule", "name", "saying"), SAYINGS, ids=lambda one: getattr(one, "rule_id", str(one)[:24]))
def test_every_saying_of_every_rule_has_its_chinese_from_the_same_details(rule: Any, name: str, saying: Any) -> None:
    evidence, fix = FINDINGS[rule.rule_id][name]
    assert CHINESE.search(evidence) and CHINESE.search(fix)
    assert fields(evidence) == fields(saying.evidence)
    assert fields(fix) <= fields(saying.evidence) | fields(saying.fix)


def test_no_saying_has_chinese_in_vain_and_no_rule_is_without_sayings() -> None:
    told = {(rule, name) for rule, sayings in FINDINGS.items() for name in sayings}
    assert told == {(rule.rule_id, name) for rule, name, _ in SAYINGS}
    assert all(rule.sayings for rule in all_rules())


def found_in(headline: str, opened: OpenedPicture | None = None) -> list[dict[str, Any]]:
    subject = Subject(load_placements()["iab_300x250"], opened, words=(Words("headline", headline, "en"),), facts=())
    findings: list[dict[str, Any]] = review_document(review_creative(subject, read_letters=False))["findings"]
    return findings


def test_what_a_review_finds_is_told_in_chinese_but_for_what_it_quotes() -> None:
    findings = found_in(HEADLINE, open_upload(a_picture(320, 50), "banner.gif"))
    rules = {one["rule"] for one in findings}
    assert {"editorial.capitals", "editorial.punctuation", "claims.superlatives", "claims.prices", "file.size"} <= rules
    for one in findings:
        told, plain = told_finding(ZH, one), told_finding(EN, one)
        assert not told.lang and plain.evidence == one["evidence"] and plain.fix == one["fix"]
        own = QUOTED.sub("", f"{told.evidence} {told.fix}")
        assert CHINESE.search(told.evidence) and not re.search(r"[a-z]{4}", own.replace("banner.gif", "")), own
    sizes = next(told_finding(ZH, one) for one in findings if one["rule"] == "file.size")
    assert sizes.evidence == "图片为 320 × 50 像素；该广告位要求 300 × 250"


@pytest.mark.parametrize(
    "change",
    [
        {"saying": "", "details": {}},
        {"saying": "of_another_age"},
        {"details": {"part": "headline"}},
        {"rule": "gone.rule"},
    ],
)
def test_a_finding_of_an_older_review_is_told_as_it_was_written_and_marked_english(change: dict[str, Any]) -> None:
    [one] = [found for found in found_in("Tea now!!!") if found["rule"] == "editorial.punctuation"]
    for older in (one | change, {name: one[name] for name in ("rule", "severity", "evidence", "fix")}):
        told = told_finding(ZH, older)
        assert (told.evidence, told.fix, told.lang) == (one["evidence"], one["fix"], "en")


def test_the_queue_and_the_creative_tell_it_in_chinese_and_the_api_as_before(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    creative = hand_in(mei, "The best tea in town")
    zh, en = ({"accept-language": language} for language in ("zh", "en"))
    for path in ("/creatives/queue", f"/creatives/{creative}"):
        told, plain = (html.unescape(olga.get(path, headers=one).text) for one in (zh, en))
        assert "标题含有最高级表述“best”，且未提供事实" in told and "改写为实测结果" in told
        assert "headline has a superlative" not in told
        assert "headline has a superlative, “best”, and no facts were given" in plain and "最高级" not in plain
    [waits] = [one for one in olga.get("/v1/queue").json()["items"] if one["id"] == creative]
    [finding] = [one for one in waits["review"]["findings"] if one["rule"] == "claims.superlatives"]
    assert finding["evidence"] == "headline has a superlative, “best”, and no facts were given"
    assert (finding["saying"], finding["details"]) == ("no_facts", {"part": "headline", "words": "“best”"})
