"""Who saw how much of a replay: earlier showings to the same person, people reached a day and so many times."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtrc

from adplat.forecast.arrays import Floats, Whole
from adplat.market import NOBODY

MOST_OFTEN = 10
"""Reach is told of people who saw it at least 1 … so many times."""


def earlier_showings(user: Whole, creative: Whole) -> Whole:
    """(n,) showings of the same creative to the same person before each, rows in order of time."""
    if not len(user):
        return np.zeros(0, dtype=np.int64)
    key = user * (int(creative.max()) + 1) + creative
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    starts = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]])
    lengths = np.diff(np.r_[starts, len(key)])
    earlier = np.empty(len(key), dtype=np.int64)
    earlier[order] = np.arange(len(key)) - np.repeat(starts, lengths)
    return np.where(user == NOBODY, 0, earlier)


def people_reached(user: Whole, day: Whole, part: Floats, of_person: Floats, days: int) -> tuple[Floats, Floats]:
    """People who saw it at least 1, 2, … times (MOST_OFTEN,), and people of each day (D,).

    Where a showing counts in ``part``, a person with ``n`` of them saw each with that chance.
    """
    known = user != NOBODY
    user, day, part = user[known], day[known], part[known]
    people = len(of_person)
    count = np.bincount(user, minlength=people)
    seen = np.flatnonzero(count)
    mean_part = np.bincount(user, part, minlength=people)[seen] / count[seen]
    often = []
    for times in range(1, MOST_OFTEN + 1):
        enough = count[seen] >= times
        chance = bdtrc(times - 1, count[seen][enough], mean_part[enough])
        often.append(float(of_person[seen][enough] @ chance))
    pair, size = np.unique(day * people + user, return_counts=True)
    of_day, who = pair // people, pair % people
    part_of_day = np.bincount(day, part, minlength=days) / np.maximum(np.bincount(day, minlength=days), 1)
    chance = 1.0 - (1.0 - part_of_day[of_day]) ** size
    return np.array(often), sums_by_day(of_day, of_person[who] * chance, days)


def sums_by_day(day: Whole, values: Floats, days: int) -> Floats:
    """(D,) sums; whole zeros where there is nothing are zeros all the same."""
    return np.bincount(day, values, minlength=days).astype(np.float64)
