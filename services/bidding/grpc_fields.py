"""One field of a message at a time: what it may hold, and the domain's form of it.

Protobuf lets through what JSON would not: empty names, any 64 bits as money, infinity, enum numbers of another version.
Every function raises ConfigRejected with ``where``, the path of the field.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import ConfigRejected
from services.bidding.schemas import utc

E = TypeVar("E")

LARGEST_FACTS = 64
LARGEST_LIST = 10_000
LONGEST_NAME = 256
LONGEST_FACT = 1024
LARGEST_MICROS = 10**15


def facts_of(values: Mapping[str, pb.Value], where: str) -> dict[str, str | float]:
    """The facts that have a value; one without is not told."""
    if len(values) > LARGEST_FACTS:
        raise ConfigRejected(f"{len(values)} facts", where=where, hint=f"give at most {LARGEST_FACTS}")
    facts: dict[str, str | float] = {}
    for name, value in values.items():
        kind = value.WhichOneof("kind")
        if kind == "text":
            facts[name_of(name, where)] = name_of(value.text, f"{where}[{name!r:.40}]", LONGEST_FACT)
        elif kind == "number":
            if not math.isfinite(value.number):
                raise ConfigRejected(
                    f"{value.number} is no number", where=f"{where}[{name!r:.40}]", hint="leave out what is not known"
                )
            facts[name_of(name, where)] = value.number
    return facts


def moment_of(stamp: Timestamp, where: str) -> datetime:
    """A time of the years in which ads are shown, in UTC."""
    try:
        return utc(stamp.ToDatetime(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ConfigRejected("a time that is none", where=where, hint="give a time from 2000 to 2099") from None


def known_number(kinds: Mapping[int, E], number: int, where: str) -> E:
    """The word of an enum number."""
    kind = kinds.get(number)
    if kind is None:
        names = ", ".join(str(kind) for kind in kinds.values())
        raise ConfigRejected(f"value {number} is not known", where=where, hint=f"use one of {names}")
    return kind


def names_of(names: Iterable[str], where: str, most: int = LARGEST_LIST) -> tuple[str, ...]:
    """Names, none of them empty."""
    given = tuple(names)
    if len(given) > most:
        raise ConfigRejected(f"{len(given)} of them", where=where, hint=f"give at most {most}")
    for name in given:
        given_name(name, where)
    return given


def given_name(name: str, where: str) -> str:
    """A name that must be there."""
    if not name:
        raise ConfigRejected("it is empty", where=where, hint="give it a value")
    return name_of(name, where)


def name_of(name: str, where: str, longest: int = LONGEST_NAME) -> str:
    """A name, which may be empty."""
    if len(name) > longest:
        raise ConfigRejected(f"{len(name)} characters", where=where, hint=f"give at most {longest}")
    return name


def micros_of(micros: int, where: str) -> int:
    """Money in micros, never negative."""
    if not 0 <= micros <= LARGEST_MICROS:
        raise ConfigRejected(f"{micros} micros", where=where, hint=f"give 0 to {LARGEST_MICROS:,}")
    return micros


def number_of(number: int, most: int, where: str) -> int:
    """A number up to ``most``."""
    if number > most:
        raise ConfigRejected(f"{number} is too large", where=where, hint=f"give at most {most}")
    return number
