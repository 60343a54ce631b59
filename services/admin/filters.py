"""What the address of a page asks of it, read in one place by the fields that the page declares.

What is not understood (a value that there is not, a day that is none, days of which none is left, a place of another
list, a field that the page does not have) is left out, and a line above the list says what, where, and what may be
asked: an old bookmark still shows a list, and nobody takes it for what was asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request

from adplat.domain import Comparison, Condition, ConfigRejected, InputError, ListRequest, Page
from services.admin.asking import Asker, asker_of_browser
from services.admin.wording import Say

Item = TypeVar("Item")
Found = TypeVar("Found")
Reads = Callable[[str, Asker], str]
"""A value as the page goes on with it. Raises ValueError or InputError for what is none."""
LONGEST = 256
_LONGEST_TOLD = 60
_OF_EVERY_PAGE = frozenset({"done"})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be asked of a page.

    Args:
        name: in the address.
        label: a key of the words, as are ``may_be`` (what may be asked; ``{known}`` there) and the values of ``known``.
        known: what may be asked, each with the word for it; an empty word: it says itself.
        of: the field of the list that it is a condition of, compared by ``by``; empty: the page does something else.
        many: it may be asked more than once.
        whole: values that are asked for whole, where others may be a part of what is found.
        withholds: nothing is told while it is not understood: figures without it would be taken for what was asked.
    """

    name: str
    label: str
    may_be: str
    reads: Reads
    known: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    by: Comparison = Comparison.IS
    many: bool = False
    longest: int = LONGEST
    whole: frozenset[str] = frozenset()
    withholds: bool = False

    def understood(self, told: str, asker: Asker) -> str:
        """A value as the page goes on with it. Raises ValueError or InputError for what is none."""
        if not is_text(told) or len(told) > self.longest:
            raise ValueError(self.name)
        return self.reads(told, asker)

    def compared(self, values: Iterable[str]) -> Comparison:
        """How what is found stands to these values."""
        return Comparison.IS if self.whole.issuperset(values) else self.by


def one_of(name: str, label: str, known: Mapping[str, str], of: str = "", *, many: bool = False) -> Field:
    """One of a few values, each with the word for it."""

    def reads(told: str, _: Asker) -> str:
        if told not in known:
            raise ValueError(told)
        return told

    return Field(name, label, "filter_may_known", reads, known, of, many=many)


def text(name: str, label: str, of: str = "", by: Comparison = Comparison.CONTAINS, whole: Iterable[str] = ()) -> Field:
    """Any text that a database can hold."""
    return Field(name, label, "filter_may_text", lambda told, _: told, {}, of, by, whole=frozenset(whole))


def day(name: str, label: str, of: str = "", by: Comparison = Comparison.IS) -> Field:
    """A day, as ISO writes it."""
    return Field(name, label, "filter_may_day", lambda told, _: date.fromisoformat(told).isoformat(), {}, of, by)


def number(name: str, label: str, most: int) -> Field:
    """A whole number from 1."""

    def reads(told: str, _: Asker) -> str:
        if not (told.isascii() and told.isdigit() and len(told) < 10 and 1 <= int(told) <= most):
            raise ValueError(told)
        return str(int(told))

    return Field(name, label, "filter_may_known", reads, {f"1 – {most}": ""})


def advertiser(of: str = "advertiser_id") -> Field:
    """An advertiser whose things the viewer sees."""

    def reads(told: str, asker: Asker) -> str:
        return asker.seen.edits.advertiser(told).advertiser_id

    return Field("advertiser", "advertiser", "filter_may_advertiser", reads, {}, of)


@dataclass(frozen=True, slots=True)
class Missed:
    """Something that was not understood; ``label`` is a key of the words, empty for a field that the page lacks."""

    name: str
    label: str
    told: str
    may_be: str
    known: Mapping[str, str]

    def sentence(self, say: Say) -> str:
        """What it is, and what may be asked."""
        known = say("and_comma").join(say(word) if word else value for value, word in self.known.items())
        told = self.told if len(self.told) <= _LONGEST_TOLD else f"{self.told[:_LONGEST_TOLD]}…"
        return say("filter_not_understood").format(told=_printable(told), may_be=say(self.may_be).format(known=known))


@dataclass(slots=True)
class Asked:
    """What was understood: values by field, in the order asked; and what was ``missed``."""

    fields: Sequence[Field]
    values: dict[str, list[str]]
    places: dict[str, str]
    missed: list[Missed]

    @property
    def chosen(self) -> dict[str, str]:
        """One value of each field, empty where none is asked for."""
        return {name: values[0] if values else "" for name, values in self.values.items()}

    @property
    def query(self) -> str:
        """The same as an address says it, with what parts it from a place in the list."""
        told = {name: values for name, values in self.values.items() if values}
        return f"{urlencode(told, doseq=True)}&" if told else ""

    @property
    def conditions(self) -> list[Condition]:
        """Of the fields that are conditions of the list."""
        asked = [(one, self.values[one.name]) for one in self.fields if one.of]
        return [Condition(one.of, one.compared(values), tuple(values)) for one, values in asked if values]

    @property
    def is_withheld(self) -> bool:
        """Whether nothing is told until what was not understood is mended."""
        needed = {one.name for one in self.fields if one.withholds}
        return any(one.name in needed for one in self.missed)

    def unread(self, name: str) -> list[str]:
        """What was written in a field and not understood: its form still holds it, to be mended."""
        return [_printable(one.told) for one in self.missed if one.name == name]

    def miss(self, name: str, may_be: str = "") -> None:
        """That what a field holds is nothing after all; it holds nothing any more."""
        [one] = [one for one in self.fields if one.name == name]
        told, self.values[name] = ", ".join(self.values[name]), []
        self.missed.append(Missed(name, one.label, told, may_be or one.may_be, one.known))

    def page(
        self,
        listed: Callable[[ListRequest], Page[Item]],
        limit: int,
        among: Iterable[Condition] = (),
        *,
        order: str = "",
        place: str = "cursor",
    ) -> Page[Item]:
        """A page of a list, ``among`` what it always is; the first one where the place is of another list."""
        conditions = [*among, *self.conditions]
        return self.at(lambda cursor: listed(ListRequest(conditions, order, limit, cursor)), place)

    def at(self, found: Callable[[str], Found], place: str = "cursor") -> Found:
        """What is found at a place; from the start where the place is of another list."""
        try:
            return found(self.places[place])
        except ConfigRejected as error:
            if not self.places[place] or not error.where.startswith("cursor"):
                raise
        self.missed.append(Missed(place, "filter_place", self.places[place], "filter_may_place", {}))
        self.places[place] = ""
        return found("")


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be asked of a page: ``fields``, ``places`` in its lists, and ``besides`` what it reads by itself."""

    fields: Sequence[Field] = ()
    places: Sequence[str] = ("cursor",)
    besides: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Of its fields."""
        return frozenset(one.name for one in self.fields)

    def asked(self, request: Request, asker: Annotated[Asker, Depends(asker_of_browser)]) -> Asked:
        """What the address of a request asks: for ``Depends``."""
        return self.read(request.query_params.multi_items(), asker)

    def read(self, pairs: Iterable[tuple[str, str]], asker: Asker) -> Asked:
        """What some fields say; empty ones ask for nothing."""
        told: dict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            if value.strip():
                told[name] = list(dict.fromkeys([*told[name], value.strip()]))
        places = {name: told.pop(name, [""])[-1] for name in self.places}
        found = Asked(self.fields, {}, places, [])
        for one in self.fields:
            _read(found, one, told.pop(one.name, []), asker)
        _require_days(found)
        there = {one.name: "" for one in self.fields}
        for name in told.keys() - self.besides - _OF_EVERY_PAGE:
            may_be = "filter_may_not" if there else "filter_may_nothing"
            found.missed.append(Missed(name, "", ", ".join(told[name]), may_be, there))
        return found


def _read(found: Asked, one: Field, told: Sequence[str], asker: Asker) -> None:
    if len(told) > 1 and not one.many:
        found.values[one.name] = list(told)
        found.miss(one.name, "filter_may_once")
        return
    found.values[one.name] = []
    for value in told:
        try:
            found.values[one.name].append(one.understood(value, asker))
        except (ValueError, InputError):
            found.missed.append(Missed(one.name, one.label, value, one.may_be, one.known))


def _require_days(found: Asked) -> None:
    """A list from a day on and before the same day holds nothing, whatever there is."""
    begins = {one.of: found.chosen[one.name] for one in found.fields if one.by is Comparison.AT_LEAST}
    for one in found.fields:
        end = found.chosen[one.name]
        if one.by is Comparison.BELOW and end and end <= begins.get(one.of, ""):
            found.miss(one.name, "filter_may_after")


def _printable(told: str) -> str:
    return "".join(letter for letter in told if letter.isprintable())


def is_text(told: str) -> bool:
    """Whether there is something to look for that a database can hold."""
    return bool(told) and "\x00" not in told and not any("\ud800" <= letter <= "\udfff" for letter in told)
