"""The page of what waits for a decision: one after another by keyboard, or many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from adplat.domain import ConfigRejected, ListRequest, ReviewVerdict, Right
from adplat.flows.review_queue import Asked, Named, Outcome, Waits, approve_clean, waiting
from services.admin.asking import Asker
from services.admin.etags import etag_of
from services.admin.pages import Browsing, Cursor, Sending, is_text
from services.admin.queue_bodies import document_of, require_as_seen
from services.admin.rendering import page

router = APIRouter(include_in_schema=False)
_SHOWN = 24
_NAMED = re.compile(r"(creative|draft):([^\s\"]{1,256}):(\"[0-9a-f]{32}\")")


@router.get("/creatives/queue")
def queue(
    request: Request,
    asker: Browsing,
    kind: str = "",
    advertiser: str = "",
    verdict: str = "",
    ticked: str = "",
    cursor: Cursor = "",
) -> Response:
    """Uploads first, then drafts; ``ticked``: all that may be approved together are ticked already."""
    asker.viewer.require(Right.SEE_CATALOGUE)
    asker.viewer.require(Right.SEE_DRAFTS)
    chosen = {"kind": kind, "advertiser": advertiser, "verdict": verdict, "cursor": cursor}
    return _queue_page(request, asker, chosen, ticked=bool(ticked))


@router.post("/creatives/queue/approve")
def approve_many(request: Request, sent: Sending) -> Response:
    """Those that are ticked; what kept one of them is told beside it, and kept no other."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES)
    chosen = {name: form.text(name) for name in ("kind", "advertiser", "verdict")}
    found = approve_clean(parts, _named(form.every("item")), form.text("reason"), require_as_seen)
    return _queue_page(request, asker, chosen | {"cursor": ""}, found)


def _queue_page(
    request: Request, asker: Asker, chosen: dict[str, str], outcomes: Sequence[Outcome] = (), *, ticked: bool = False
) -> Response:
    kinds, verdicts = {one.value for one in Waits}, {one.value for one in ReviewVerdict}
    asked = Asked(
        Waits(chosen["kind"]) if chosen["kind"] in kinds else None,
        chosen["advertiser"] if is_text(chosen["advertiser"]) else "",
        ReviewVerdict(chosen["verdict"]) if chosen["verdict"] in verdicts else None,
        _SHOWN,
        chosen["cursor"],
    )
    found = waiting(asker.seen, asked)
    owners = asker.seen.edits.advertiser_page(ListRequest(limit=500)).items
    filters = {name: chosen[name] for name in ("kind", "advertiser", "verdict") if chosen[name]}
    facts: dict[str, Any] = {
        "found": found,
        "etags": {one.thing_id: etag_of(document_of(one.thing)) for one in found.items},
        "clean": [one for one in found.items if one.is_clean],
        "outcomes": outcomes,
        "ticked": ticked,
        "owners": owners,
        "kinds": list(Waits),
        "verdicts": [ReviewVerdict.PASS, ReviewVerdict.HOLD],
        "chosen": chosen,
        "query": urlencode(filters) + ("&" if filters else ""),
        "here": "/creatives/queue?" + urlencode(filters | ({"cursor": chosen["cursor"]} if chosen["cursor"] else {})),
    }
    return page(request, "queue.html", asker, **facts)


def _named(items: Sequence[str]) -> list[Named]:
    named = []
    for told in items:
        found = _NAMED.fullmatch(told)
        if found is None:
            raise ConfigRejected("an item is none", where="item", hint="load the page again, and tick it there")
        named.append(Named(Waits(found[1]), found[2], found[3]))
    return named
