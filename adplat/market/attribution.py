"""Whose a conversion is: the last touch before it, by the time at which things happened.

The last click within its campaign's click window, else the last showing within its campaign's view window. The rule
looks at a set: in which order the touches came to be known makes no difference, nor how often they were told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from adplat.domain import Attribution, Event, EventKind, Touch

_MICROSECOND = timedelta(microseconds=1)


def window_of(kind: EventKind, attribution: Attribution) -> int:
    """For how many seconds a conversion may follow this; 0 for what no conversion is ever attributed to."""
    return {EventKind.CLICK: attribution.click_s, EventKind.IMPRESSION: attribution.view_s}.get(kind, 0)


def last_touch(conversion: Event, touches: Iterable[Touch]) -> Touch | None:
    """The touch that gets the conversion, of those of its user and advertiser, or of its decision; ``None``: nobody.

    Both ends of a window belong to it: what happened in the same moment counts, and so does a conversion exactly
    ``window_s`` later. Of two touches at one moment the later decision's counts (ids are in order of time).
    """
    return max(
        (touch for touch in touches if _leads_to(touch, conversion)),
        key=lambda touch: (touch.kind is EventKind.CLICK, touch.ts, touch.decision_id, touch.event_id),
        default=None,
    )


def _leads_to(touch: Touch, conversion: Event) -> bool:
    after_us = (conversion.ts - touch.ts) // _MICROSECOND
    named = (
        (conversion.decision_id, touch.decision_id),
        (conversion.user_key, touch.user_key),
        (conversion.advertiser_id, touch.advertiser_id),
        (conversion.campaign_id, touch.campaign_id),
        (conversion.creative_id, touch.creative_id),
    )
    return (
        touch.window_s > 0
        and 0 <= after_us <= touch.window_s * 1_000_000
        and all(not asked or asked == had for asked, had in named)
    )
