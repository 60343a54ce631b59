"""Refusals are led in by a line in the language of the page; the details stay English and are marked so."""

from __future__ import annotations

import re

import pytest

from adplat.domain import ChangedMeanwhile, ConfigRejected, NotPermitted, Right, Role, Viewer
from services.admin.refusals import FIELDS, lead_of, told_to_people, without_commands
from services.admin.wording import words_in
from tests.services.admin.admins import Admin
from tests.services.admin.test_admin_pages import FIELDS as OF_A_CAMPAIGN
from tests.services.admin.test_admin_pages import POSTED as OF_PAGES
from tests.services.admin.test_people_pages import POSTED as OF_PEOPLE

ZH = {"accept-language": "zh"}
say = words_in("zh")


@pytest.mark.parametrize("status", [401, 403, 404, 405, 409, 412, 413, 422, 428, 429, 500, 503])
def test_every_refusal_has_a_line_of_its_language_and_none_of_english(status: int) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in lead_of("zh", status))
    assert lead_of("en", status) == ""
    assert lead_of("zh", 200) == ""


@pytest.mark.parametrize("right", list(Right))
def test_a_right_that_is_lacking_is_named(right: Right) -> None:
    with pytest.raises(NotPermitted) as caught:
        Viewer("x", Role.ADMIN, only=frozenset()).require(right)
    assert say(f"right {right.value}") in lead_of("zh", 403, error=caught.value)


def test_fields_are_named_as_the_page_names_them() -> None:
    for field, word in FIELDS.items():
        assert say(word) in lead_of("zh", 422, field)
    assert "请检查" not in lead_of("zh", 422, "somewhere")
    assert lead_of("zh", 412, error=ChangedMeanwhile("it changed", hint="look")) == say("refused 412")


def test_pages_say_first_in_their_language_what_they_refuse(admin: Admin) -> None:
    rob = admin.as_("rob")
    lacking = rob.get("/people", headers=ZH)
    assert lacking.status_code == 403 and "您缺少所需权限：查看人员。" in lacking.text
    assert '<span lang="en">this needs the right to see people. ask somebody who may' in lacking.text
    gone = rob.get("/campaigns/nope", headers=ZH)
    assert gone.status_code == 404 and say("refused 404") in gone.text
    english = rob.get("/people")
    assert english.status_code == 403 and 'lang="en">this needs' not in english.text

    root = admin.as_("root")
    form = {"x": "y", "form_token": ""}
    forged = root.post("/me/password", data=form, headers=ZH)
    assert forged.status_code == 403 and say("refused 403 form") in forged.text
    told = {"name": "k", "days": "0x", "right-see-catalogue": "yes", "form_token": root.token}
    wrong = root.post("/me/keys", data=told, headers=ZH)
    assert wrong.status_code == 422 and f"请检查此项：{say('key_days')}。" in wrong.text
    nobody = admin.nobody().post("/sign-in", data={"user_id": "mei", "password": "no"}, headers=ZH)
    assert nobody.status_code == 401 and say("refused 401") in nobody.text


def told_in_zh(html: str) -> list[str]:
    """What is told in boxes of trouble, without what is marked as English and names in code."""
    boxes = re.findall(r'<(div|p|li) class="(?:trouble|quiet told)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    marked = r'<span lang="en">.*?</span>|<code>.*?</code>|<[^>]+>'
    return [re.sub(marked, "", box, flags=re.DOTALL) for _, box in boxes]


@pytest.mark.parametrize("path", sorted(OF_PAGES | OF_PEOPLE))
def test_whatever_a_form_is_refused_for_is_led_in_by_the_language_of_the_page(admin: Admin, path: str) -> None:
    for told in (
        {},
        OF_A_CAMPAIGN | {"advertiser_id": "a1", "daily": "much", "mean": "much", "etag": '"0"', "reason": "x"},
    ):
        root = admin.as_("root")
        answer = root.post(path, data={"form_token": root.token, "form": "plan"} | told, headers=ZH)
        boxes = told_in_zh(answer.text)
        assert boxes or answer.status_code in {200, 303}, (path, answer.status_code)
        for box in boxes:
            assert re.search(r"[\u4e00-\u9fff]{4}", box) and not re.search(r"[a-z]{2,} [a-z]{2,}", box), (path, box)


@pytest.mark.parametrize("path", ["/forecasts/new", "/forecasts/preview", "/experiments/plan"])
def test_a_plan_that_cannot_be_made_says_so_in_the_language_of_the_page(admin: Admin, path: str) -> None:
    root = admin.as_("root")
    wrong = {"form_token": root.token, "form": "plan", "advertiser_id": "a1", "flight_start": "never", "mean": "much"}
    answer = root.post(path, data=OF_A_CAMPAIGN | wrong, headers=ZH)
    [box] = told_in_zh(answer.text)
    assert say("refused 422") in box and "no" not in box
    assert '<span lang="en">&#39;never&#39; is no moment' in answer.text or path == "/experiments/plan"


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("see 'adplat drafts list'", ""),
        ("release it: adplat drafts release", "release it"),
        ("see 'adplat key list', or create it with --may", ""),
        ("run `adplat train x` again, or name another bundle's folder", "name another bundle's folder"),
        (
            'train or calibrate on fresher rows, or pass over it with --force --reason "why"; nothing was changed',
            "train or calibrate on fresher rows; nothing was changed",
        ),
        (
            "this is a fault of adplat: the log has it as job-3-1",
            "this is a fault of adplat: the log has it as job-3-1",
        ),
        ("give a day such as 2026-03-01; a long-lived one -- as here -- too",) * 2,
    ],
)
def test_what_a_hint_says_of_the_command_line_is_left_out(hint: str, shown: str) -> None:
    assert without_commands(hint) == shown
    told = told_to_people(ConfigRejected("a forced promotion gives no reason", where="--reason", hint=hint), "en")
    assert (told.what, told.where, told.hint) == ("a forced promotion gives no reason", "Reason", shown)


def test_pages_name_no_command_where_the_command_line_and_the_api_do(admin: Admin) -> None:
    root = admin.as_("root")
    for path in ("/drafts/nope", "/experiments/nope", "/people/nope", "/callers/nope", "/jobs/999", "/forecasts/nope"):
        page = root.get(path)
        assert page.status_code == 404 and "no " in page.text, path
        [box] = re.findall(r'<div class="trouble".*?</div>', page.text, re.DOTALL)
        assert not re.search(r"adplat [a-z]|--[a-z]", box), box
    assert "adplat drafts list" in root.get("/v1/drafts/nope").json()["hint"]
    told = {"form_token": root.token, "caller_id": "exchange", "may-bid": "yes"}
    assert "there is a caller of this id. take another id." in root.post("/callers/new", data=told).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_address_without_a_page_is_told_to_people_without_the_names_of_files(admin: Admin, language: str) -> None:
    answer = admin.as_("rob").get("/nowhere", headers={"accept-language": language})
    assert answer.status_code == 404 and words_in(language)("no_such_page") in answer.text
    assert "docs/" not in answer.text and "openapi" not in answer.text


def test_a_body_that_is_no_json_says_so_and_from_which_character_on(admin: Admin) -> None:
    told = admin.as_("mei").post("/v1/ads", content='{"name":', headers={"content-type": "application/json"})
    assert told.status_code == 422
    assert (told.json()["detail"], told.json()["where"]) == ("the body is not JSON", "body, character 8")
