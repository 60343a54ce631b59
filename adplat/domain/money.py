"""Money: integer micros with a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain.errors import ConfigRejected

MICROS_PER_UNIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Money:
    """``amount_micros`` millionths of one unit of ``currency`` (ISO 4217, upper case)."""

    amount_micros: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ConfigRejected(
                f"currency {self.currency!r} is not an ISO 4217 code",
                hint="use three capital letters such as CNY or USD",
            )

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ConfigRejected(
                f"cannot add {other.currency} to {self.currency}",
                hint="convert to one currency first",
            )
        return Money(self.amount_micros + other.amount_micros, self.currency)
