"""What a page says whose days have no figures: when something last was counted, and where those days are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from services.admin.wording import Say


@dataclass(frozen=True, slots=True)
class Earlier:
    """``what`` is the sentence; ``link`` the words of the link to ``href``. The macro ``none_counted`` shows it."""

    what: str
    link: str
    href: str


def earlier_days(
    say: Say,
    since: date,
    until: date,
    counted: date | None,
    shown_at: Callable[[date, date], str],
    link: str = "report_of_days",
) -> Earlier | None:
    """Of days from ``since`` to before ``until`` without figures; ``None`` where nothing was ever counted before.

    Args:
        counted: the last day before them with anything counted.
        shown_at: the address of the days from one to before another: as many as were asked for, up to ``counted``.
        link: a key of the words.
    """
    if counted is None:
        return None
    first, last = counted - (until - since - timedelta(days=1)), until - timedelta(days=1)
    what = say("nothing_in_period").format(since=since, last=last, counted=counted)
    return Earlier(what, say(link).format(since=first, last=counted), shown_at(first, counted + timedelta(days=1)))
