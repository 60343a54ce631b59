"""Addresses that an exchange or a browser calls after a bid: signed by us, and believed only when they come back whole.

``BASE/billing?d=…&c=…&r=…&b=2500&u=USD&t=…&s=SIGNATURE&p=${AUCTION_PRICE}&y=${AUCTION_CURRENCY}&i=${AUCTION_IMP_TS}``

Everything before the signature is ours and signed, the kind included. What stands after it is filled in by whoever
calls, and believed within limits: a price up to the bid that was signed, a currency if it is that of the bid. A click
leads on only to the address inside the signed part, so nobody can send a user elsewhere through us. Calling twice is
harmless: the event's id is made of the decision and the kind.

A conversion's address is filled in by whoever sold something: ``&event_id=order-4711&value_micros=129000000&
conversion_kind=purchase``, each of which may be left out. Its event id begins with the decision's, so that whoever
holds the address takes no number of an order away from anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from adplat.domain import ConfigRejected, Event, EventKind, Money, TableRejected
from adplat.openrtb.macros import ENCODINGS, Filled, Macro, read_filled
from adplat.openrtb.markup import web_address
from adplat.openrtb.prices import charged_micros_of_cpm
from adplat.openrtb.signing import is_signed, sign

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_FIELDS = 40

# Our part, in the order in which it is signed.
_SIGNED = ("d", "c", "r", "b", "u", "t", "x", "e", "l")
_SIGNATURE = "s"
_PRICE, _MIN_TO_WIN, _LOSS, _CURRENCY, _SHOWN = "p", "m", "o", "y", "i"
_MACROS = {
    _PRICE: Macro.AUCTION_PRICE,
    _MIN_TO_WIN: Macro.AUCTION_MIN_TO_WIN,
    _LOSS: Macro.AUCTION_LOSS,
    _CURRENCY: Macro.AUCTION_CURRENCY,
    _SHOWN: Macro.AUCTION_IMP_TS,
}
# A pixel is called by a browser and carries no price; the time tells it from one that only an auditor loads.
_ASKED = {
    EventKind.WIN: (_PRICE, _MIN_TO_WIN, _CURRENCY),
    EventKind.BILLING: (_PRICE, _CURRENCY, _SHOWN),
    EventKind.LOSS: (_LOSS, _MIN_TO_WIN, _CURRENCY),
    EventKind.IMPRESSION: (_SHOWN,),
    EventKind.CLICK: (),
    EventKind.CONVERSION: (),
}
# By their whole names: a shop writes them, no exchange.
_ORDER, _VALUE, _SOLD = "event_id", "value_micros", "conversion_kind"
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_ORDER_TEXT, _KIND_TEXT = re.compile(r".{0,200}"), re.compile(r"[^:]{0,64}")


@dataclass(frozen=True, slots=True)
class SignedBid:
    """What we wrote into the address ourselves. ``bid`` is money for one impression; ``issued_at`` is aware."""

    decision_id: str
    campaign_id: str
    creative_id: str
    bid: Money
    issued_at: datetime
    landing_url: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What came back.

    Args:
        price: of one impression, never above the bid; ``None`` where the exchange told none.
        min_to_win: what would have sufficed, in the bid's currency.
        shown_at: when the ad was shown, where that was told and can be true.
        value_micros: what a conversion is worth, in the advertiser's currency.
        conversion_kind: which kind of conversion; empty where it was not told.
        order: what tells one conversion of that kind from the next; empty where it was not told.
        is_audit: somebody looked at the markup without an auction: to be counted nowhere.
    """

    kind: EventKind
    about: SignedBid
    price: Money | None = None
    min_to_win: Money | None = None
    loss_reason: int | None = None
    shown_at: datetime | None = None
    value_micros: int = 0
    conversion_kind: str = ""
    order: str = ""
    is_audit: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is to be booked or learned from: neither audited nor of a test auction."""
        return not self.is_audit and not self.about.is_test


def notice_url(
    base_url: str, kind: EventKind, about: SignedBid, secrets: Sequence[bytes], price_encoding: str = ""
) -> str:
    """The one address of ``notice_urls`` for ``kind`` below ``base_url``."""
    return notice_urls({kind: base_url}, about, secrets, price_encoding)[kind]


def notice_urls(
    base_urls: Mapping[EventKind, str], about: SignedBid, secrets: Sequence[bytes], price_encoding: str = ""
) -> dict[EventKind, str]:
    """The addresses to call when each kind happens to the bid, below the kind's base; ``secrets[0]`` signs.

    ``landing_url`` is written into clicks only. ``price_encoding``: of ``macros.ENCODINGS``, as agreed. What the kinds
    have in common is encoded once: every bid has five addresses.

    Raises:
        ConfigRejected: a secret is missing or short, the kind has no address, a click leads nowhere, the encoding is
            unknown.
    """
    fields = {
        "d": about.decision_id,
        "c": about.campaign_id,
        "r": about.creative_id,
        "b": str(about.bid.amount_micros),
        "u": about.bid.currency,
        "t": str((about.issued_at - _EPOCH) // _MILLISECOND),
        "x": "1" if about.is_test else "",
        "e": price_encoding,
    }
    pairs = {name: f"{name}={quote_plus(value)}" for name, value in fields.items()}
    signed, told = "&".join(pairs.values()), "&".join(pairs[name] for name, value in fields.items() if value)
    urls = {}
    for kind, base_url in base_urls.items():
        asked = _ASKED.get(kind)
        if asked is None or (price_encoding and price_encoding not in ENCODINGS):
            raise ConfigRejected(
                f"no notice of kind {kind} and encoding {price_encoding!r}",
                where="notice_url",
                hint=f"kinds are {', '.join(_ASKED)}, encodings {', '.join(ENCODINGS)} or none",
            )
        landing = quote_plus(web_address(about.landing_url, "landing_url")) if kind is EventKind.CLICK else ""
        signature = sign(f"kind={kind.value}&{signed}&l={landing}", secrets)
        ours = f"{told}&l={landing}" if landing else told
        # The braces of a macro stay as they are: an exchange looks for them letter by letter.
        macros = "".join(f"&{name}={_written(name, price_encoding)}" for name in asked)
        urls[kind] = f"{base_url.rstrip('/')}/{kind.value}?{ours}&{_SIGNATURE}={signature}{macros}"
    return urls


def read_notice(url: str, secrets: Sequence[bytes]) -> Notice:
    """Read an address that was called: whole, or its path and query.

    Any of ``secrets`` may have signed it, so that a key can be followed by the next without losing what is under way.

    Raises:
        TableRejected: it is not ours or was altered; a price is malformed or above the bid; the currency is another; a
            conversion's value, kind or event id is none.
        ConfigRejected: a secret is missing or short.
    """
    kind, fields = _parsed(url)
    told = {name: fields.get(name, "") for name in _SIGNED}
    if not is_signed(_signed(kind, told), fields.get(_SIGNATURE, ""), secrets):
        raise TableRejected(
            "a notice is not signed by us", where=kind.value, hint="call the address as it was handed out"
        )
    about = _about(told)
    if kind is EventKind.CONVERSION:
        return _conversion(about, fields)
    filled = {name: read_filled(fields.get(name, ""), told["e"] if name in _PRICED else "") for name in _ASKED[kind]}
    if any(one.is_audit for one in filled.values()):
        return Notice(kind, about, is_audit=True)
    nothing = Filled()
    currency = filled.get(_CURRENCY, nothing).value
    if currency is not None and currency.strip().upper() != about.bid.currency:
        raise TableRejected(
            "a notice is in another currency than the bid", where=_CURRENCY, hint=f"the bid was in {about.bid.currency}"
        )
    return Notice(
        kind=kind,
        about=about,
        price=_price(filled.get(_PRICE, nothing).value, about.bid),
        min_to_win=_money(filled.get(_MIN_TO_WIN, nothing).value, about.bid.currency, _MIN_TO_WIN),
        loss_reason=_loss_reason(filled.get(_LOSS, nothing).value),
        shown_at=_shown_at(filled.get(_SHOWN, nothing).value),
    )


def event_of(notice: Notice, now: datetime) -> Event | None:
    """The event that ``notice`` reports, received at ``now``; ``None`` where it counts nowhere.

    Told twice, it has the same id and counts once; a conversion once for each of its kinds and order numbers. It
    happened when the seller says, if that lies between the bid and now, else now. A win or billing without a price is
    taken at the bid: more than that it cannot have cost.
    """
    if not notice.counts:
        return None
    about, shown_at = notice.about, notice.shown_at
    price = notice.price or (about.bid if _PRICE in _ASKED[notice.kind] else None)
    believed = shown_at is not None and about.issued_at <= shown_at <= now
    parts = [about.decision_id, notice.kind.value]
    if notice.kind is EventKind.CONVERSION:
        parts += [notice.conversion_kind, notice.order] if notice.order else [notice.conversion_kind]
    return Event(
        event_id=":".join(parts),
        kind=notice.kind,
        decision_id=about.decision_id,
        ts=shown_at if shown_at is not None and believed else now,
        price_micros=price.amount_micros if price is not None else 0,
        min_to_win_micros=notice.min_to_win.amount_micros if notice.min_to_win is not None else None,
        loss_reason=notice.loss_reason,
        value_micros=notice.value_micros,
        conversion_kind=notice.conversion_kind,
    )


_PRICED = (_PRICE, _MIN_TO_WIN)


def _written(name: str, price_encoding: str) -> str:
    return _MACROS[name].written(price_encoding if name in _PRICED else "")


def _signed(kind: EventKind, fields: dict[str, str]) -> str:
    return urlencode({"kind": kind.value} | {name: fields[name] for name in _SIGNED})


def _parsed(url: str) -> tuple[EventKind, dict[str, str]]:
    try:
        url.encode()  # whatever is no text raises here
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        kind = EventKind(parts.path.rstrip("/").rpartition("/")[2])
    except ValueError as error:
        raise TableRejected(
            "this is no notice", where=url[:80], hint="call the address as it was handed out"
        ) from error
    fields = dict(pairs)
    # Of a name that stands twice, it would be open which one was signed.
    if kind not in _ASKED or len(fields) < len(pairs):
        raise TableRejected("this is no notice", where=url[:80], hint="call the address as it was handed out")
    return kind, fields


def _about(told: dict[str, str]) -> SignedBid:
    """What we signed ourselves, so that its parts can be trusted to be numbers."""
    return SignedBid(
        decision_id=told["d"],
        campaign_id=told["c"],
        creative_id=told["r"],
        bid=Money(int(told["b"]), told["u"]),
        issued_at=_EPOCH + int(told["t"]) * _MILLISECOND,
        landing_url=told["l"],
        is_test=told["x"] == "1",
    )


def _conversion(about: SignedBid, fields: dict[str, str]) -> Notice:
    value, kind, order = fields.get(_VALUE, "0"), fields.get(_SOLD, ""), fields.get(_ORDER, "")
    for name, told, allowed, hint in (
        (_VALUE, value, _WHOLE, "give whole millionths of a currency unit, such as 129000000"),
        (_SOLD, kind, _KIND_TEXT, "give a word of at most 64 letters without a colon"),
        (_ORDER, order, _ORDER_TEXT, "give at most 200 letters, such as the order's number"),
    ):
        if not allowed.fullmatch(told):
            raise TableRejected(f"a conversion has no {name} like this", where=name, hint=hint)
    return Notice(EventKind.CONVERSION, about, value_micros=int(value), conversion_kind=kind, order=order)


def _price(told: str | None, bid: Money) -> Money | None:
    price = _money(told, bid.currency, _PRICE)
    if price is not None and price.amount_micros > bid.amount_micros:
        raise TableRejected("a price is above the bid", where=_PRICE, hint="charge what was bid, or less")
    return price


def _money(told: str | None, currency: str, where: str) -> Money | None:
    if told is None:
        return None
    if not _NUMBER.fullmatch(told):
        raise TableRejected("a price is no number", where=where, hint="fill in a CPM such as 2.43")
    return Money(charged_micros_of_cpm(Decimal(told), where), currency)


def _loss_reason(told: str | None) -> int | None:
    """The code, or nothing where it is none: losing needs no reason."""
    return int(told) if told is not None and _WHOLE.fullmatch(told) else None


def _shown_at(told: str | None) -> datetime | None:
    milliseconds = int(told) if told is not None and _WHOLE.fullmatch(told) else 0
    return None if milliseconds == 0 or milliseconds > _LAST_MILLISECOND else _EPOCH + milliseconds * _MILLISECOND


_LAST_MILLISECOND = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
