"""One line before the details of a refusal, in the page's language: details are told in English alone."""

from __future__ import annotations

from adplat.domain import NotPermitted, Right
from services.admin.asking import FORM_TOKEN
from services.admin.wording import Say

DETAILS_IN = "en"
# All others have no page.
_TOLD = frozenset({401, 403, 404, 405, 409, 412, 413, 422, 429, 500, 503})
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


def lead_of(say: Say, language: str, status: int, where: str = "", error: Exception | None = None) -> str:
    """Such as that a right is lacking, and which; empty where all went well or the details are in this language."""
    if status not in _TOLD or language == DETAILS_IN:
        return ""
    lead = say(f"refused {status}")
    if isinstance(error, NotPermitted):
        right = error.detail.get("right")
        if right is not None:
            return f"{say('refused 403 right')}：{say(f'right {Right(right).value}')}。"
        return say("refused 403 form") if error.where in _OF_FORMS else lead
    if status == 422 and where in FIELDS:
        return f"{lead}{say('refused 422 field')}：{say(FIELDS[where])}。"
    return lead
