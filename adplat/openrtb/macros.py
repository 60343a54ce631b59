"""Substitution macros (section 4.4): what we ask the exchange to fill in, and what stands there when it calls.

An exchange replaces a macro wherever it finds one, without regard for syntax. What comes back is the value; nothing,
where it has or gives none; ``AUDIT``, where markup is only looked at; or the macro itself, where nobody replaced it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from adplat.domain import TableRejected

AUDIT = "AUDIT"


class Macro(StrEnum):
    """All that 2.6 defines; the last two came with later releases of it."""

    AUCTION_ID = "AUCTION_ID"
    AUCTION_BID_ID = "AUCTION_BID_ID"
    AUCTION_IMP_ID = "AUCTION_IMP_ID"
    AUCTION_SEAT_ID = "AUCTION_SEAT_ID"
    AUCTION_AD_ID = "AUCTION_AD_ID"
    AUCTION_PRICE = "AUCTION_PRICE"
    AUCTION_CURRENCY = "AUCTION_CURRENCY"
    AUCTION_MBR = "AUCTION_MBR"
    AUCTION_LOSS = "AUCTION_LOSS"
    AUCTION_MIN_TO_WIN = "AUCTION_MIN_TO_WIN"
    AUCTION_MULTIPLIER = "AUCTION_MULTIPLIER"
    AUCTION_IMP_TS = "AUCTION_IMP_TS"
    AUCTION_DISCOUNT_PCT = "AUCTION_DISCOUNT_PCT"
    AUCTION_DISCOUNT_CPM = "AUCTION_DISCOUNT_CPM"

    def written(self, encoding: str = "") -> str:
        """``${AUCTION_PRICE}``, or ``${AUCTION_PRICE:B64}`` where the value is to come back encoded."""
        return f"${{{self.value}:{encoding}}}" if encoding else f"${{{self.value}}}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What stood in the place of a macro. ``value`` is ``None`` where nothing was told, and while it is audited."""

    value: str | None = None
    is_audit: bool = False


def _to_base64(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def _from_base64(text: str) -> str:
    # Either alphabet, padded or not; "+" turns into a space when a query is parsed.
    plain = text.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()


# The book leaves algorithms to the partners; its example is the one that we know.
ENCODINGS: Mapping[str, tuple[Callable[[str], str], Callable[[str], str]]] = {"B64": (_to_base64, _from_base64)}

_WRITTEN = re.compile(r"\$\{(" + "|".join(Macro) + r")(?::([A-Za-z0-9_]+))?\}")


def substitute(text: str, values: Mapping[Macro, str]) -> str:
    """What an exchange makes of ``text``: every macro replaced by its value, by nothing where there is none.

    Raises:
        TableRejected: a macro asks for an encoding that is not agreed.
    """

    def value_of(found: re.Match[str]) -> str:
        value, encoding = values.get(Macro(found[1]), ""), found[2]
        return value if not encoding or not value or value == AUDIT else _encoding(encoding)[0](value)

    return _WRITTEN.sub(value_of, text)


def read_filled(text: str, encoding: str = "") -> Filled:
    """Read what stands where a macro stood.

    Raises:
        TableRejected: it is not encoded as agreed.
    """
    if not text or _WRITTEN.fullmatch(text):
        return Filled()
    if text == AUDIT:
        return Filled(is_audit=True)
    if not encoding:
        return Filled(text)
    try:
        value = _encoding(encoding)[1](text)
    except (binascii.Error, UnicodeDecodeError, UnicodeEncodeError, ValueError) as error:
        raise TableRejected(
            f"a macro was not filled in as {encoding}", where=text[:40], hint="encode the value as the macro asks"
        ) from error
    return Filled(is_audit=True) if value == AUDIT else Filled(value)


def without_macros(text: str) -> str:
    """``text`` of an advertiser in which an exchange finds no macro."""
    return text.replace("${", "$ {")


def _encoding(name: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    if name not in ENCODINGS:
        raise TableRejected(
            f"the encoding {name!r} of a macro is not agreed", where="macro", hint=f"use one of {', '.join(ENCODINGS)}"
        )
    return ENCODINGS[name]
