"""Pages of experiments: the form that plans one, the steps of its life with their reasons, what its results say."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from services.admin.wording import words_in
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.tested_campaign import a_setup, live_creatives, shown_to, worked

FORM = {
    "campaign": "k1", "experiment_id": "tea", "unit": "user", "traffic": "100", "layer": "default", "first": "0",
    "end": "10000", "arm1_name": "plain", "arm1_weight": "1", "arm1_creatives": "p1", "arm2_name": "bright",
    "arm2_weight": "1", "arm2_creatives": "p2", "arm3_name": "", "metric": "ctr", "method": "sequential",
    "alpha": "0.05", "power": "0.8", "effect": "10", "age_days": "", "events": "", "mean": "0.1", "std": "0.3",
    "daily_units": "4000",
}  # fmt: skip
PATH = "/v1/experiments/tea"


def sent(somebody: Somebody, path: str = "/experiments/new", **changes: Any) -> Any:
    return somebody.post(path, data=FORM | {"form_token": somebody.token, "once": "o1"} | changes)


def stepped(somebody: Somebody, step: str, **told: str) -> Any:
    page = somebody.get("/experiments/tea").text
    etags = re.findall(r'name="etag" value="([^"]+)"', page)
    etag = etags[0].replace("&#34;", '"') if etags else "*"
    return somebody.post(f"/experiments/tea/{step}", data={"form_token": somebody.token, "etag": etag} | told)


@pytest.fixture
def anna(admin: Admin) -> Somebody:
    live_creatives(admin, "p1", "p2", "p3")
    return admin.as_("anna")


def test_what_the_form_says_is_kept_as_a_draft_once_however_often_it_is_sent(anna: Somebody) -> None:
    first, again = sent(anna), sent(anna)
    assert (first.status_code, first.headers["location"]) == (303, "/experiments/tea?done=created")
    assert again.headers["location"] == first.headers["location"]
    setup = anna.get(PATH).json()["setup"]
    assert [arm["creative_ids"] for arm in setup["experiment"]["arms"]] == [["p1"], ["p2"]]
    assert setup["analysis"]["metric"] == {"name": "ctr", "kind": "ratio", "direction": "higher"}
    assert setup["plan"]["effect"] == pytest.approx(0.1)
    assert setup["planned"]["duration_days"] == pytest.approx(setup["planned"]["units"] / 4000, rel=1e-3)


def test_an_arm_may_have_several_creatives_and_costs_are_tested_downwards(anna: Somebody) -> None:
    told = sent(
        anna, arm2_creatives=["p2", "p3"], metric="cpa", mean="12.5", std="40", guard1_metric="ctr", guard1_margin="5"
    )
    assert told.status_code == 303, told.text
    setup = anna.get(PATH).json()["setup"]
    assert setup["experiment"]["arms"][1]["creative_ids"] == ["p2", "p3"]
    assert setup["analysis"]["metric"]["direction"] == "lower" and setup["plan"]["effect"] == pytest.approx(-0.1)
    assert setup["plan"]["baseline"] == {"mean": 12.5e6, "std": 40e6}
    assert setup["guardrails"][0]["margin"] == pytest.approx(0.05)
    assert "lower is better" in anna.get("/experiments/tea").text


def test_the_plan_stands_beside_the_form_as_a_part_and_with_the_whole_page(anna: Somebody) -> None:
    part = sent(anna, "/experiments/plan").text
    whole = sent(anna, do="plan").text
    api = anna.post("/v1/experiments/plans", json={
        "metric": {"name": "ctr", "kind": "ratio"}, "method": "sequential", "effect": 0.1, "daily_units": 4000,
        "baseline": {"mean": 0.1, "std": 0.3},
    }).json()  # fmt: skip
    for text in (part, whole):
        assert f"<dd>{api['units']:,}</dd>" in text and 'class="chart"' in text
    assert "<html" not in part and 'value="bright"' in whole
    powers = [one["power"] for one in api["power_by_units"]]
    assert powers == sorted(powers) and powers[2] < 0.5 and powers[-1] > 0.9
    longer = sent(anna, "/experiments/plan", effect="5").text
    assert int(re.findall(r"<dd>([\d,]+)</dd>", longer)[0].replace(",", "")) > 3 * api["units"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"effect": "none"}, "no number"),
        ({"mean": ""}, "what is the metric now"),
        ({"arm2_name": ""}, "fewer than two arms"),
        ({"arm2_creatives": "c2"}, "of campaign k2"),
        ({"metric": "luck"}, "no metric of experiments"),
        ({"traffic": "nan"}, "no number"),
        ({"effect": "0.000000001"}, "no test shows a difference of 0.000000001% here"),
        ({"effect": "0"}, "no test shows a difference of 0% here"),
        ({"power": "0.01"}, "Give a number above 0.05 and below 1."),
        ({"std": "-1"}, "Give a number above 0 and below 1,000,000,000."),
        ({"end": "99999"}, "no range of a layer"),
        ({"method": "fixed", "pause_losers": "yes"}, "pause_losers"),
    ],
)
def test_what_is_wrong_is_said_above_the_form_which_keeps_what_was_written(
    anna: Somebody, change: dict[str, str], said: str
) -> None:
    told = sent(anna, **change)
    assert told.status_code == 422 and said in told.text
    assert 'value="bright"' in told.text or "arm2_name" in change
    assert anna.get(PATH).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("change", "label", "sentence"),
    [
        ({"traffic": "500"}, "test_traffic", "form_share_beyond"),
        ({"traffic": "0"}, "test_traffic", "form_share_beyond"),
        ({"experiment_id": "bad name!"}, "experiment_name", "form_test_name"),
        ({"arm2_name": "bad name!"}, "arms", "form_test_name"),
        ({"effect": "1e-09"}, "test_effect", "form_effect_unseen"),
        ({"alpha": "0.7"}, "test_alpha", "form_number_beyond"),
        ({"std": "0"}, "test_std", "form_number_beyond"),
        ({"metric": "buyers", "mean": "2"}, "test_mean", "form_number_beyond"),
        ({"daily_units": "-4"}, "test_daily_units", "form_number_beyond"),
        ({"std": ""}, "test_std", ""),
    ],
)
def test_what_could_not_be_kept_is_refused_when_it_is_worked_out_by_the_label_of_its_field(
    anna: Somebody, language: str, change: dict[str, str], label: str, sentence: str
) -> None:
    """``change`` of the form; ``label`` and ``sentence`` are keys of words."""
    say, asked = words_in(language), FORM | {"form_token": anna.token} | change
    for path in ("/experiments/plan", "/experiments/new"):
        answer = anna.post(path, data=asked, headers={"accept-language": language})
        # On the whole page the form's own refusal stands first, and the plan's beside it.
        told = unescape(re.search(r'class="trouble".*?</(?:p|div)>', answer.text, re.DOTALL)[0])  # type: ignore[index]
        assert f"<code>{say(label)}" in told, told
        for part in re.split(r"\{\w+\}", say(sentence)) if sentence else ():
            assert part in told, told
    assert anna.get(PATH).status_code == 404


def test_where_a_running_test_has_the_buckets_the_form_opens_there_and_says_which_are_free(
    admin: Admin, anna: Somebody
) -> None:
    live_creatives(admin, "q1", "q2", campaign_id="k2")
    sent(anna, end="6000")
    stepped(anna, "start", reason="go")
    folded, opened = "<details><summary>Layer and buckets", "<details open><summary>Layer and buckets"
    assert folded in anna.get("/experiments/new?campaign=k1").text
    second = {"experiment_id": "milk", "once": "o2"}
    refused = sent(anna, **second)
    assert refused.status_code == 422 and opened in refused.text and 'value="bright"' in refused.text
    assert "from 6000 to before 10000" in refused.text and '<a href="/experiments/tea">tea</a>' in refused.text
    assert "layer of its own" not in refused.text, "they choose creatives of one campaign"
    assert opened not in sent(anna, **second | {"effect": "none"}).text
    other = second | {"campaign": "k2", "arm1_creatives": "q1", "arm2_creatives": "q2"}
    elsewhere = sent(anna, **other)
    assert elsewhere.status_code == 422 and "such as milk, with all buckets" in elsewhere.text
    assert sent(anna, **other | {"layer": "milk"}).status_code == 303, "as it was proposed"
    third = {"experiment_id": "rice", "once": "o3"}
    assert sent(anna, **third | {"first": "6000"}).status_code == 303, "and so was this"
    full = sent(anna, **third | {"first": "0", "end": "99999"})
    assert full.status_code == 422 and opened in full.text


def test_where_no_bucket_is_free_beside_a_test_of_the_same_campaign_the_form_says_so(anna: Somebody) -> None:
    sent(anna)
    stepped(anna, "start", reason="go")
    for layer in ("default", "another"):
        refused = sent(anna, experiment_id="milk", once="o2", layer=layer).text
        assert "There is no room beside them" in refused and "layer of its own" not in refused


def test_the_button_fills_in_what_the_last_days_were(admin: Admin, anna: Somebody) -> None:
    nothing = sent(anna, do="past", mean="", std="")
    assert (nothing.status_code == 422 and "showed nothing" in nothing.text) or "no impressions" in nothing.text
    sent(anna)
    stepped(anna, "start", reason="go")
    shown_to(admin, "tea", 2000, {"plain": 0.2, "bright": 0.2})
    filled = sent(anna, do="past", mean="", std="")
    [mean] = re.findall(r'id="mean" name="mean" value="([\d.]+)"', filled.text)
    fewer = sent(anna, do="past", mean="", std="", traffic="50", end="5000").text
    daily = [float(re.findall(r'name="daily_units" value="([\d.]+)"', text)[0]) for text in (filled.text, fewer)]
    assert daily[1] == pytest.approx(daily[0] / 4, rel=1e-4), "of those who would take part"
    assert filled.status_code == 200 and 0.17 < float(mean) < 0.23
    assert 'class="chart"' in filled.text, "and the plan is worked out from it"


def test_every_step_wants_a_reason_and_stands_in_the_trail(admin: Admin, anna: Somebody) -> None:
    sent(anna)
    silent = stepped(anna, "start", reason=" ")
    assert silent.status_code == 422 and "why?" in silent.text
    assert stepped(anna, "start", reason="new season").headers["location"] == "/experiments/tea?done=experiment_started"
    assert stepped(anna, "pause", arm="bright", reason="too loud").status_code == 303
    old = anna.post("/experiments/tea/stop", data={"form_token": anna.token, "etag": '"old"', "reason": "x"})
    assert old.status_code == 412
    assert stepped(anna, "stop", reason="over").status_code == 303
    assert stepped(anna, "decide", winner="none", reason="nothing came of it", unanalyzed="yes").status_code == 303
    page = anna.get("/experiments/tea").text
    for told in ("new season", "too loud", "over", "nothing came of it", "no arm"):
        assert told in page
    assert "…</summary>" not in page, "nothing more can be done"
    assert anna.post("/experiments/tea/dance", data={"form_token": anna.token}).status_code == 404


def test_traffic_is_raised_by_the_form_of_the_page_which_then_tells_of_it(admin: Admin, anna: Somebody) -> None:
    sent(anna, traffic="10")
    stepped(anna, "start", reason="go")
    planned = anna.get(PATH).json()["expected"]["at"]
    for part in ("one", "two"):
        shown_to(admin, "tea", 4000, {"plain": 0.2, "bright": 0.2}, part=part)
        anna.post("/experiments/tea/analyses", data={"form_token": anna.token})
        assert worked(admin) is not None
    page = anna.get("/experiments/tea").text
    told = _Forms(page).told["/experiments/tea/raise"]
    assert told["traffic"] == "10" and "raised" not in page
    less = stepped(anna, "raise", traffic="5", reason="fewer")
    assert less.status_code == 422 and "would be fewer" in less.text
    done = anna.post("/experiments/tea/raise", data=told | {"traffic": "35", "reason": "all is <well>"})
    assert done.headers["location"] == "/experiments/tea?done=traffic_raised"
    assert anna.get(PATH).json()["expected"]["at"] < planned
    page = anna.get("/experiments/tea?done=traffic_raised").text
    for words in ("More units take part now.", "from 10% to 35%, by anna: all is &lt;well&gt;", "An upright line",
                  "; traffic raised to 35% on ", ">35%<", "when it was to end before the raise"):  # fmt: skip
        assert words in page, words
    assert _Forms(page).told["/experiments/tea/raise"]["traffic"] == "35"
    zh = anna.get("/experiments/tea", headers={"accept-language": "zh"}).text
    assert "由 10% 提高到 35%（anna）" in zh and "预计达到所需样本" in zh
    assert stepped(anna, "raise", traffic="100", reason="all").status_code == 303
    assert "/experiments/tea/raise" not in anna.get("/experiments/tea").text, "more than all take part nowhere"


class _Forms(HTMLParser):
    """What a browser would send of each form of a page that nobody has touched, by its action."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: dict[str, dict[str, str]] = {}
        self.needed: dict[str, set[str]] = {}
        self._action, self._select = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = names.get("action", "")
        elif tag == "select":
            self._select = names["name"]
        form = self.told.setdefault(self._action, {})
        if tag == "input" and "name" in names:
            if "required" in names:
                self.needed.setdefault(self._action, set()).add(names["name"])
            if names.get("type") != "checkbox" or "checked" in names:
                form[names["name"]] = names.get("value", "")
        elif tag == "option" and "value" in names and (self._select not in form or "selected" in names):
            form[self._select] = names["value"]


def test_a_test_is_decided_for_no_arm_by_the_form_as_it_is_shown(anna: Somebody) -> None:
    sent(anna)
    stepped(anna, "start", reason="go")
    stepped(anna, "stop", reason="over")
    forms = _Forms(anna.get("/experiments/tea").text)
    told = forms.told["/experiments/tea/decide"] | dict.fromkeys(forms.needed["/experiments/tea/decide"], "yes")
    decided = anna.post("/experiments/tea/decide", data=told)
    assert (decided.status_code, decided.headers.get("location")) == (303, "/experiments/tea?done=experiment_decided")
    assert anna.get(PATH).json()["winner"] is None


def test_a_test_without_an_analysis_is_decided_by_who_says_so(admin: Admin, anna: Somebody) -> None:
    sent(anna)
    stepped(anna, "start", reason="go")
    shown_to(admin, "tea", 400, {"plain": 0.2, "bright": 0.2})
    stepped(anna, "stop", reason="over")
    asked = stepped(anna, "decide", winner="bright", reason="I like it")
    assert asked.status_code == 422 and "nothing has been analysed yet" in asked.text
    assert anna.get(PATH).json()["state"] == "stopped"
    path = "/experiments/tea/decide"
    assert _Forms(asked.text).needed[path] == {"reason", "unanalyzed"}
    anna.post("/experiments/tea/analyses", data={"form_token": anna.token})
    assert (done := worked(admin)) is not None and done.result and "result_id" in done.result, done
    assert _Forms(anna.get("/experiments/tea").text).needed[path] == {"reason"}, "there is something to decide by"
    assert stepped(anna, "decide", winner="bright", reason="I like it").status_code == 303


def test_results_are_told_as_numbers_and_sentences_and_a_cost_that_falls_is_better(
    admin: Admin, anna: Somebody
) -> None:
    setup = a_setup(
        guardrails=[
            {"metric": {"name": "clicks of a user", "kind": "mean"}, "data": {"measure": "clicks"}, "margin": 0.9}
        ]
    )
    setup["experiment"]["experiment_id"] = "tea"
    # Clicks are what it costs here: fewer of them are better.
    setup["analysis"]["metric"]["direction"] = "lower"
    setup["plan"]["effect"] = -0.3
    assert anna.post("/v1/experiments", json=setup).status_code == 201
    stepped(anna, "start", reason="go")
    for part in ("one", "two"):
        shown_to(admin, "tea", 4000, {"plain": 0.2, "bright": 0.1}, part=part)
        assert anna.post("/experiments/tea/analyses", data={"form_token": anna.token}).status_code == 303
        assert worked(admin) is not None
    page = anna.get("/experiments/tea").text
    assert page.count('class="chart"') == 2, "the latest intervals, and all of them over time"
    assert '<span class="chip better">better</span>' in page and "lower is better" in page
    assert "verdict-winner" in page and "<b>bright</b>" in page
    assert "Units came to the arms in the planned proportion" in page
    assert "Guardrail clicks of a user holds" in page
    zh = anna.get("/experiments/tea", headers={"accept-language": "zh"}).text
    assert "优于" in zh and "越低越好" in zh


def test_the_list_is_searched_by_name_and_filtered_by_state(anna: Somebody) -> None:
    sent(anna)
    assert "/experiments/tea" in anna.get("/experiments?name=te&state=draft").text
    assert "/experiments/tea" not in anna.get("/experiments?name=te&state=running").text
    assert anna.get("/experiments?name=x%00y").status_code == 200, "what no name can be is not looked for"


def test_who_may_not_run_experiments_sees_no_buttons_and_an_advertiser_only_its_own(
    admin: Admin, anna: Somebody
) -> None:
    sent(anna)
    for who in ("rob", "mei"):
        page = admin.as_(who).get("/experiments/tea").text
        assert "<summary" not in page and "Refresh results" not in page, who
    assert admin.as_("li").get("/experiments/tea").status_code == 404
    assert "/experiments/tea" not in admin.as_("li").get("/experiments").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_arms_that_show_the_same_are_kept_with_a_word_about_it(anna: Somebody, language: str) -> None:
    said = {"accept-language": language}
    note = words_in(language)("test_alike_arms").format(arms="plain, bright")
    alike = FORM | {"form_token": anna.token, "once": "o1", "arm2_creatives": "p1"}
    assert note in anna.post("/experiments/plan", data=alike, headers=said).text
    assert note not in anna.post("/experiments/plan", data=alike | {"arm2_creatives": "p2"}, headers=said).text
    assert anna.post("/experiments/new", data=alike, headers=said).status_code == 303
    assert note in anna.get("/experiments/tea", headers=said).text
    assert anna.get(PATH).json()["alike_arms"] == [["plain", "bright"]]
