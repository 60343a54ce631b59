"""Which logged day is played in the place of each day of a flight."""

from __future__ import annotations

WEEK = 7


def day_map(logged: int, offsets: list[int]) -> tuple[list[int], bool]:
    """Which logged day stands for each day of a flight, and whether any stands for several.

    ``offsets`` are consecutive days, counted from the first logged one; those in the log stand for themselves.
    """
    ahead = [offset for offset in offsets if offset >= logged]
    sources = {offset: offset for offset in offsets if offset < logged}
    if not ahead:
        return [sources[offset] for offset in offsets], False
    stretch, block = len(ahead), logged // WEEK * WEEK
    begin = logged - stretch - (logged - stretch - ahead[0]) % WEEK
    for number, offset in enumerate(ahead):
        # No stretch of the log fits: through its newest whole weeks, from the right weekday on, and round again.
        around = logged - block + (offset - (logged - block)) % max(block, 1)
        sources[offset] = begin + number if begin >= 0 else around
    found = [sources[offset] for offset in offsets]
    return found, len(set(found[-stretch:])) < stretch
