"""The form that hands in creatives: one, or several pictures with the same words."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import Comparison, Condition, ConfigRejected, Copy, Creative, InputError, ListRequest, Right
from adplat.flows.edit_creatives import Upload, hand_in
from services.admin.asking import Asker, a_place_in, door_of
from services.admin.filters import is_text
from services.admin.pages import Browsing, Sending
from services.admin.refusals import told_to_people
from services.admin.rendering import language_asked, page, to

router = APIRouter(include_in_schema=False)
MOST_FILES = 10


@router.get("/creatives/new")
def new_creative(request: Request, asker: Browsing, ad: str = "") -> Response:
    """An empty form."""
    asker.viewer.require(Right.EDIT_CAMPAIGNS)
    return _form_page(request, asker, {"ad_id": ad})


@router.post("/creatives/new")
def upload(request: Request, sent: Sending) -> Response:
    """Each is reviewed before the answer comes; what is wrong with one keeps no other from being handed in."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    words = Copy(form.text("headline"), form.text("body"), form.text("cta"), form.text("language"))
    files = [one for one in form.files if one.field == "picture"]
    chosen = [(one.content, one.file_name) for one in files] or [(b"", "")]
    made: list[Creative] = []
    troubles: list[tuple[str, InputError]] = []
    try:
        if len(chosen) > MOST_FILES:
            raise ConfigRejected(f"{len(chosen)} pictures", where="picture", hint=f"send up to {MOST_FILES} at once")
        with a_place_in(door_of(request).reviewing):
            for number, (content, name) in enumerate(chosen):
                given = Upload(form.text("ad_id"), form.text("placement"), words, content, name)
                once = f"{form.text('once')}-{number}" if form.text("once") and number else form.text("once")
                try:
                    made.append(hand_in(parts, given, once))
                except InputError as error:
                    if len(chosen) == 1:
                        raise
                    troubles.append((name, error))
    except InputError as error:
        return _form_page(request, asker, form.fields, error)
    if len(chosen) == 1:
        return to(f"/creatives/{made[0].creative_id}", "uploaded")
    return _form_page(request, asker, form.fields | {"once": ""}, made=made, troubles=troubles)


def _form_page(
    request: Request,
    asker: Asker,
    told: dict[str, str],
    error: InputError | None = None,
    *,
    made: list[Creative] | None = None,
    troubles: list[tuple[str, InputError]] | None = None,
) -> Response:
    ads = list(asker.seen.edits.ad_page(ListRequest(limit=500)).items)
    if is_text(told.get("ad_id", "")) and told["ad_id"] not in {ad.ad_id for ad in ads}:
        named = Condition("ad_id", Comparison.IS, (told["ad_id"][:256],))
        ads = [*asker.seen.edits.ad_page(ListRequest([named])).items, *ads]
    facts: dict[str, Any] = {
        "told": dict.fromkeys(["ad_id", "placement", "headline", "body", "cta", "language"], "") | told,
        "ads": ads,
        "placements": sorted(asker.seen.placements),
        "once": told.get("once", "") or asker.seen.draw(16).hex(),
        "made": made or [],
        "troubles": [(name, told_to_people(one, language_asked(request))) for name, one in troubles or []],
        "most_files": MOST_FILES,
    }
    return page(request, "creative_form.html", asker, error=error, **facts)
