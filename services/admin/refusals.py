"""What is refused, told to people: in the words of labels and in the language of the page, as far as there are words.

Other details are English alone; before those stands one line in the language of the page. What a hint says of the
command line is left out: who reads a page has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from adplat.domain import AdplatError, ChangedMeanwhile, ConfigRejected, NotPermitted, Right
from services.admin.asking import FORM_TOKEN
from services.admin.problems import of_error
from services.admin.wording import Say, words_in

DETAILS_IN = "en"
_CLAUSES = re.compile(r"(?=[,;:] )")
_OF_COMMANDS = re.compile(r"\badplat [a-z]|(?<![\w-])--[a-z]")
# All others have no page.
_TOLD = frozenset({401, 403, 404, 405, 409, 412, 413, 422, 428, 429, 500, 503})
# What a program sends as a header stands in a field of each form: people are told of neither.
_AS_SEEN, _OF_AS_SEEN = "If-Match", {412: "changed_since_seen", 428: "form_not_whole"}
_OF_FORMS = frozenset({FORM_TOKEN, "origin"})
# Fields by the names that refusals give them, and the words that pages have for them.
FIELDS = {
    "advertiser_id": "advertiser",
    "advertisers": "of_advertisers",
    "by": "report_by",
    "campaign": "campaign",
    "campaigns": "campaigns",
    "days": "key_days",
    "flight_start": "flight_start",
    "flight_end": "flight_end",
    "image": "picture",
    "landing_url": "landing",
    "name": "name",
    "old password": "old_password",
    "password": "new_password",
    "reason": "reason",
    "role": "role",
    "time_zone": "time_zone",
}
# Fields that refusals of forms name, and their labels there.
_LABELS = FIELDS | {
    "age_days": "age_days",
    "allocation": "weight",
    "alpha": "test_alpha",
    "daily": "daily_budget",
    "daily_units": "test_daily_units",
    "effect": "test_effect",
    "end": "test_end_bucket",
    "events": "least_events",
    "experiment_id": "experiment_name",
    "first": "test_first_bucket",
    "layer": "test_layer",
    "mean": "test_mean",
    "method": "test_method",
    "metric": "test_metric",
    "power": "test_power",
    "std": "test_std",
    "target": "bid_target",
    "targeting.countries": "countries",
    "total": "total_budget",
    "traffic": "test_traffic",
    "unit": "test_unit",
}
_OF_TESTS = re.compile(r"(plan|experiment\b.*): ")
_OF_ROWS = {"arm": "arms", "guard": "test_guardrail"}
_ROW = re.compile(r"(arm|guard)(\d)_(name|weight|policy|creatives|metric|margin)")
_IN_ROW = {
    "name": "name",
    "weight": "weight",
    "policy": "test_policy",
    "creatives": "creatives",
    "metric": "test_metric",
    "margin": "test_margin",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One refusal as a page says it; ``lead`` is empty where the details are in the language of the page."""

    status: int = 200
    what: str = ""
    where: str = ""
    hint: str = ""
    lead: str = ""


def refusal(sentence: str, where: str, **told: str) -> ConfigRejected:
    """An error that pages tell by the sentence of this key.

    Args:
        sentence: a key of the words; ``told`` fills its gaps; ``:key`` there is a word of that key, ``:one,:two`` two.
        where: the field's name.
    """
    what = _filled(sentence, told, words_in("en")).rstrip(".")
    return ConfigRejected(what, where=where, hint="change it in the form", detail={"sentence": sentence, "told": told})


def told_to_people(error: Exception | None, language: str) -> Told:
    """What ``of_error`` tells, nothing of no error; a field is named by its label."""
    if error is None:
        return Told()
    say, (status, what, where, hint) = words_in(language), of_error(error)
    where, hint = where.removeprefix("--"), without_commands(hint)
    shown = _label(where, say)
    if isinstance(error, AdplatError) and "sentence" in error.detail:
        return Told(status, _filled(error.detail["sentence"], error.detail["told"], say), shown)
    if isinstance(error, HTTPException) and status == 404:
        return Told(status, say("no_such_page"))
    if where == _AS_SEEN and (status == 428 or isinstance(error, ChangedMeanwhile)):
        return Told(status, say(_OF_AS_SEEN[status]))
    return Told(status, what, shown, hint, lead_of(language, status, where, error))


def _label(where: str, say: Say) -> str:
    """What stands beside a field of a form; of a row of fields also which row."""
    field = _OF_TESTS.sub("", where)
    if row := _ROW.fullmatch(field):
        return f"{say(_OF_ROWS[row[1]])} {row[2]} · {say(_IN_ROW[row[3]])}"
    return say(_LABELS[field]) if field in _LABELS else where


def without_commands(told: str) -> str:
    """The same without the clauses that name a command of adplat or one of its options."""
    kept = "".join(one for one in _CLAUSES.split(told) if not _OF_COMMANDS.search(one))
    return kept.lstrip(",;: ").removeprefix("or ")


def _filled(sentence: str, told: dict[str, str], say: Say) -> str:
    return say(sentence).format(**{name: _word(text, say) for name, text in told.items()})


def _word(text: str, say: Say) -> str:
    if not text.startswith(":"):
        return text
    try:
        return say("listed_apart").join(say(key.removeprefix(":")) for key in text.split(","))
    except KeyError:  # what somebody wrote into a field may begin so too
        return text


def lead_of(language: str, status: int, where: str = "", error: Exception | None = None) -> str:
    """Such as that a right is lacking, and which; empty where all went well or the details are in this language."""
    if status not in _TOLD or language == DETAILS_IN:
        return ""
    say = words_in(language)
    lead = say(f"refused {status}")
    if isinstance(error, NotPermitted):
        right = error.detail.get("right")
        if right is not None:
            return f"{say('refused 403 right')}：{say(f'right {Right(right).value}')}。"
        return say("refused 403 form") if error.where in _OF_FORMS else lead
    if status == 422 and where in FIELDS:
        return f"{lead}{say('refused 422 field')}：{say(FIELDS[where])}。"
    return lead
