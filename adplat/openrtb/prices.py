"""Prices at the edge: CPM as decimals outside, whole micros for one impression inside. No float is ever made.

``1 CPM = 1/1000 of a unit for one impression = 1000 micros``.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal

from adplat.domain import Money, TableRejected

# A billion for a thousand impressions is no price, and "1e999999999" would become an integer of a billion digits.
MAX_CPM = Decimal(1_000_000_000)
_UP = Context(prec=40, rounding=ROUND_CEILING)
_NEAREST = Context(prec=40, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=60)
_CURRENCY_LETTERS = 3


def micros_of_cpm(cpm: Decimal, where: str) -> int:
    """The least that one impression may cost under a floor of ``cpm``: rounded up, so that it is never undercut.

    Raises:
        TableRejected: ``cpm`` is negative, not a number, or above ``MAX_CPM``.
    """
    return _micros(cpm, where, _UP)


def charged_micros_of_cpm(cpm: Decimal, where: str) -> int:
    """What one impression cost, to the nearest micro: exchanges tell prices as floats such as 2.4300000000000002.

    Raises:
        TableRejected: as ``micros_of_cpm``.
    """
    return _micros(cpm, where, _NEAREST)


def _micros(cpm: Decimal, where: str, context: Context) -> int:
    if not cpm.is_finite() or not 0 <= cpm <= MAX_CPM:
        raise TableRejected(
            "a price is negative or no price at all", where=where, hint=f"give a CPM from 0 to {MAX_CPM}, in decimals"
        )
    return int(context.multiply(cpm, Decimal(1000)).to_integral_value(context.rounding))


def cpm_of_micros(price_micros: int) -> Decimal:
    """``price_micros`` for one impression as a CPM, exact: three decimals always suffice."""
    return Decimal(price_micros).scaleb(-3, _EXACT)


def currency_code(told: str | None, where: str) -> str:
    """``told`` in capitals; US dollars where nothing was told, as the book has it.

    Raises:
        TableRejected: it is no ISO 4217 code.
    """
    code = "USD" if told is None else told.strip().upper()
    if len(code) != _CURRENCY_LETTERS or not (code.isascii() and code.isalpha()):
        raise TableRejected("a currency is no ISO 4217 code", where=where, hint="use three letters such as USD or EUR")
    return code


def floor_of(cpm: Decimal | None, currency: str | None, where: str) -> Money | None:
    """The least that a bid may be, ``None`` where none was told; ``where`` is the path of the object that holds it."""
    code = currency_code(currency, f"{where}.bidfloorcur")
    return None if cpm is None else Money(micros_of_cpm(cpm, f"{where}.bidfloor"), code)
