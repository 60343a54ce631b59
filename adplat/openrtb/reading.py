"""A bid request (OpenRTB 2.6) in domain words: what may be bid on, under which terms, and what is known."""

from __future__ import annotations

from datetime import datetime

from adplat.domain import Blocks, Opportunity, PrivacySignals, Supply, SupplyNode, UserContext
from adplat.openrtb.decoding import decode_part, rejected
from adplat.openrtb.facts import facts_of, primary_language
from adplat.openrtb.imps import Imp
from adplat.openrtb.prices import currency_code
from adplat.openrtb.requests import (
    BidRequest,
    Device,
    Publication,
    Regs,
    RegsExtension,
    Source,
    User,
)
from adplat.openrtb.robots import is_robot
from adplat.openrtb.slots import auction_kind, domain_of, flag, slot_of

_CONTENT_TAXONOMY_1 = 1  # what an absent ``cattax`` means


def opportunity_of(body: bytes, now: datetime) -> Opportunity:
    """The opportunity in ``body``, which arrived at ``now`` (aware).

    Its ``slots`` are those that a picture or a native ad could fill; there may be none. Members that we do not know are
    ignored, and so are numbers that stand for nothing we know.

    Raises:
        TableRejected: no JSON; ``id`` or ``imp`` absent; more than one of site, app and dooh; two imps of one id; a
            price, block, seat or privacy signal that cannot be read. ``where`` is the path of the member.
    """
    request = decode_part(body, BidRequest)
    _refuse_contradictions(request)
    device, user, publication = request.device or Device(), request.user or User(), _publication_of(request)
    placement = publication.domain or publication.bundle or publication.id or ""
    slots = (slot_of(imp, f"$.imp[{place}]", placement) for place, imp in enumerate(request.imp))
    return Opportunity(
        request_id=request.id,
        ts=now,
        slots=tuple(slot for slot in slots if slot is not None),
        # The id of a screen in the street is nobody's.
        user=UserContext(_user_key(user, device if request.dooh is None else Device())),
        facts=facts_of(request, now),
        auction=auction_kind(request.at),
        currencies=tuple(currency_code(told, "$.cur") for told in request.cur or ()),
        blocks=_blocks_of(request),
        privacy=_privacy_of(request.regs or Regs(), user, device),
        time_left_ms=None if request.tmax is None else max(0, request.tmax),
        needs_markup=True,
        is_test=request.test == 1,
        is_robot=_is_declared_robot(device),
        supply=_supply_of(request.source or Source()),
    )


def _refuse_contradictions(request: BidRequest) -> None:
    if not request.id:
        raise rejected("the request has an empty id", "$.id", "give each request an id of its own")
    if not request.imp:
        raise rejected("the request offers nothing", "$.imp", "send at least one imp")
    told = [name for name in ("site", "app", "dooh") if getattr(request, name) is not None]
    if len(told) > 1:
        raise rejected(f"{' and '.join(told)} exclude each other", f"$.{told[1]}", "send the one that shows the ad")
    seen: set[str] = set()
    for place, imp in enumerate(request.imp):
        _refuse_ambiguous(imp, place, seen)
        seen.add(imp.id)


def _refuse_ambiguous(imp: Imp, place: int, seen: set[str]) -> None:
    if not imp.id or imp.id in seen:
        # A bid names the imp by this id: it could win a place it was not made for.
        raise rejected("an imp has no id, or that of another", f"$.imp[{place}].id", "give each imp an id of its own")


def _publication_of(request: BidRequest) -> Publication:
    return request.site or request.app or request.dooh or Publication()


def _user_key(user: User, device: Device) -> str:
    """Our own id for the user, else the exchange's, else the device's; ``privacy`` decides whether it may be used."""
    device_id = device.ifa or ""
    if not device_id.strip("0-"):
        device_id = ""  # what phones send whose owner wants no tracking
    return user.buyeruid or user.id or device_id


def _blocks_of(request: BidRequest) -> Blocks:
    languages = request.wlang or request.wlangb or ()
    return Blocks(
        advertiser_domains=frozenset(map(domain_of, request.badv or ())),
        apps=frozenset(request.bapp or ()),
        categories=frozenset(request.bcat or ()),
        allowed_categories=frozenset(request.acat or ()),
        taxonomy=_CONTENT_TAXONOMY_1 if request.cattax is None else request.cattax,
        allowed_languages=frozenset(map(primary_language, languages)),
        seats=frozenset(request.bseat or ()),
        allowed_seats=frozenset(request.wseat or ()),
    )


def _privacy_of(regs: Regs, user: User, device: Device) -> PrivacySignals:
    """2.6 lifted these out of ``ext``; either place is still sent, and the newer one counts where both are told."""
    older = regs.ext or RegsExtension()
    sections = regs.gpp_sid if regs.gpp_sid is not None else older.gpp_sid
    return PrivacySignals(
        coppa=flag(regs.coppa),
        gdpr=flag(regs.gdpr if regs.gdpr is not None else older.gdpr),
        tcf_consent=user.consent or (user.ext and user.ext.consent) or "",
        us_privacy=regs.us_privacy or older.us_privacy or "",
        gpp=regs.gpp or older.gpp or "",
        gpp_sections=sections or (),
        do_not_track=flag(device.dnt),
        limit_ad_tracking=flag(device.lmt),
    )


def _is_declared_robot(device: Device) -> bool:
    brands = (brand.brand or "" for brand in (device.sua and device.sua.browsers) or ())
    return is_robot(device.ua or "") or any(map(is_robot, brands))


def _supply_of(source: Source) -> Supply:
    chain = source.schain or (source.ext and source.ext.schain) or None
    nodes = (chain.nodes if chain is not None else None) or ()
    return Supply(
        transaction_id=source.tid or "",
        is_decided_upstream=flag(source.fd),
        is_complete=flag(chain.complete) if chain is not None else None,
        nodes=tuple(SupplyNode(node.asi or "", node.sid or "", flag(node.hp)) for node in nodes),
    )
