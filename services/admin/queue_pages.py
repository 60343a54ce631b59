"""The page of what waits for a decision: one after another by keyboard, or many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import ConfigRejected, InputError, ListRequest, ReviewVerdict, Right
from adplat.flows.review_queue import Asked, Named, Outcome, Waits, approve_clean, waiting
from services.admin.asking import Asker
from services.admin.etags import etag_of
from services.admin.filters import Asked as Filtered
from services.admin.filters import Filters, advertiser, one_of
from services.admin.pages import Browsing, Sending
from services.admin.queue_bodies import document_of, require_as_seen
from services.admin.refusals import refusal, told_to_people
from services.admin.rendering import language_asked, page

router = APIRouter(include_in_schema=False)
_SHOWN = 24
_VERDICTS = (ReviewVerdict.PASS, ReviewVerdict.HOLD)
_NAMED = re.compile(r"(creative|draft):([^\s\"]{1,256}):(\"[0-9a-f]{32}\")")

QUEUE = Filters(
    (
        one_of("kind", "came_as", {Waits.CREATIVE.value: "uploaded", Waits.DRAFT.value: "drafted"}),
        advertiser(),
        one_of("verdict", "verdict", {one.value: one.value for one in _VERDICTS}),
    ),
    besides=frozenset({"ticked"}),
)


@router.get("/creatives/queue")
def queue(
    request: Request, asker: Browsing, asked: Annotated[Filtered, Depends(QUEUE.asked)], ticked: str = ""
) -> Response:
    """Uploads first, then drafts; ``ticked``: all that may be approved together are ticked already."""
    asker.viewer.require(Right.SEE_CATALOGUE)
    asker.viewer.require(Right.SEE_DRAFTS)
    return _queue_page(request, asker, asked, ticked=bool(ticked))


@router.post("/creatives/queue/approve")
def approve_many(request: Request, sent: Sending) -> Response:
    """Those that are ticked; what kept one of them is told beside it, and kept no other. If none is, that is said."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES)
    asked = QUEUE.read(form.of(QUEUE.names), asker)
    try:
        if not form.every("item"):
            raise refusal("nothing_ticked", "")
        found = approve_clean(parts, _named(form.every("item")), form.text("reason"), require_as_seen)
    except InputError as error:
        return _queue_page(request, asker, asked, error=error, reason=form.text("reason"))
    return _queue_page(request, asker, asked, found)


def _queue_page(
    request: Request,
    asker: Asker,
    asked: Filtered,
    outcomes: Sequence[Outcome] = (),
    *,
    ticked: bool = False,
    error: InputError | None = None,
    reason: str = "",
) -> Response:
    chosen = asked.chosen
    wanted = Asked(
        Waits(chosen["kind"]) if chosen["kind"] else None,
        chosen["advertiser"],
        ReviewVerdict(chosen["verdict"]) if chosen["verdict"] else None,
        _SHOWN,
    )
    found = asked.at(lambda cursor: waiting(asker.seen, replace(wanted, cursor=cursor)))
    where = chosen | asked.places
    owners = asker.seen.edits.advertiser_page(ListRequest(limit=500)).items
    facts: dict[str, Any] = {
        "found": found,
        "etags": {one.thing_id: etag_of(document_of(one.thing)) for one in found.items},
        "clean": [one for one in found.items if one.is_clean],
        "outcomes": [(one.named, told_to_people(one.why, language_asked(request))) for one in outcomes],
        "ticked": ticked,
        "reason": reason,
        "owners": owners,
        "kinds": list(Waits),
        "verdicts": _VERDICTS,
        "here": "/creatives/queue?" + urlencode({name: told for name, told in where.items() if told}),
    }
    return page(request, "queue.html", asker, error=error, asked=asked, **facts)


def _named(items: Sequence[str]) -> list[Named]:
    named = []
    for told in items:
        found = _NAMED.fullmatch(told)
        if found is None:
            raise ConfigRejected("an item is none", where="item", hint="load the page again, and tick it there")
        named.append(Named(Waits(found[1]), found[2], found[3]))
    return named
