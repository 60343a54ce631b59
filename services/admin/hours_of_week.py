"""Hours of the week as people write them: for each day stretches such as ``8-12, 14-20``; and back.

An hour is its beginning: ``8-12`` are the four hours from eight to before noon, ``22-24`` the last two of a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from adplat.domain import ConfigRejected

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_A_DAY = 24
_STRETCH = re.compile(r"(\d{1,2})(?::00)?\s*(?:-|–|—|~|to|至|到)\s*(\d{1,2})(?::00)?", re.ASCII)


def hours_from(told: Mapping[str, str]) -> tuple[int, ...]:
    """From the text of each day; days without one are off, and no text at all is no restriction.

    ``all`` (or ``0-24``) is the whole day. Raises ConfigRejected.
    """
    found: set[int] = set()
    for number, day in enumerate(DAYS):
        text = told.get(day, "").strip().lower().replace("，", ",").replace("；", ",").replace(";", ",")
        for one in filter(None, (part.strip() for part in text.split(","))):
            found |= {number * _A_DAY + hour for hour in _stretch(one, day)}
    return () if len(found) == len(DAYS) * _A_DAY else tuple(sorted(found))


def texts_of(hours: Iterable[int]) -> dict[str, str]:
    """The text of each day; empty for days that are off, and for all where nothing is restricted."""
    by_day: dict[int, list[int]] = {}
    for hour in sorted(set(hours)):
        by_day.setdefault(hour // _A_DAY, []).append(hour % _A_DAY)
    return {day: ", ".join(_stretches(by_day.get(number, []))) for number, day in enumerate(DAYS)}


def told_days(hours: Iterable[int]) -> list[tuple[tuple[str, ...], str]]:
    """Days with the same stretches together, in the order of the week; days that are off are left out."""
    found: dict[str, list[str]] = {}
    for day, text in texts_of(hours).items():
        if text:
            found.setdefault(text, []).append(day)
    return [(tuple(days), text) for text, days in found.items()]


def _stretch(text: str, day: str) -> range:
    if text in {"all", "全天"}:
        return range(_A_DAY)
    found = _STRETCH.fullmatch(text)
    if found is not None:
        first, end = int(found[1]), int(found[2])
        if first < end <= _A_DAY:
            return range(first, end)
    raise ConfigRejected(
        f"{text[:40]!r} are no hours of a day", where=f"hours_{day}", hint="write them as 8-12, 14-20, or all"
    )


def _stretches(hours: Sequence[int]) -> list[str]:
    found: list[str] = []
    first = None
    for place, hour in enumerate(hours):
        first = hour if first is None else first
        if place + 1 == len(hours) or hours[place + 1] != hour + 1:
            found.append(f"{first}-{hour + 1}")
            first = None
    return found
