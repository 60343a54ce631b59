"""Which rows of a breakdown by a user attribute may be told, so that no two answers ever leave a few people over.

A *block* is what happened to one campaign on one UTC day. A breakdown by an attribute cuts it into *groups*: one for
each value that is told, and one, the *rest*, for all others together, which anybody gets by taking what is told from
the campaign's own totals. Blocks are disjoint and cut once for an attribute, for ever and for everybody; an answer adds
groups up. What all answers together can isolate are therefore unions of *atoms*: what the cuts of a block by all
attributes that were ever asked leave when laid over one another. The rule is

    every atom holds nothing, or ``least_users`` different people,

and a new cut is made coarser, value by value, until it holds. Rows without a user key belong to nobody who could be
counted. Beside it stand an advertiser's own figures by creative and placement, which are told to the row; a placement
may know its visitors' device. So of each group, and of all but it, what lies in such cells with others must likewise be
nothing or ``least_users`` people: else the cells that are wholly its own, taken from it, left a few over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

REST = -1
LEAST_USERS = 50
LEAST_USERS_WHO_ACTED = 10

Atom = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeenRow:
    """Something that happened in a block.

    Args:
        user: who; ``None``: nobody knows.
        value: of the attribute that is to be told; empty: not known.
        atom: the row's group in each earlier cut of the block, in their order.
        cell: creative and placement, however they are told apart.
    """

    user: str | None
    value: str
    atom: Atom
    cell: object


def values_to_tell(rows: Sequence[SeenRow], least_users: int) -> tuple[str, ...]:
    """The values that may be told by themselves, in order; none where the block is too small, or was cut too finely."""
    found = sorted({row.value for row in rows})
    while found:
        groups = _groups(rows, found)
        failing = _failing(rows, groups, least_users)
        if not failing:
            return tuple(found)
        # What fails by itself joins the rest; where the rest fails, the smallest value goes to it.
        told = [value for value in failing if value is not None]
        if told:
            found = [value for value in found if value not in told]
        else:
            found.remove(min(found, key=lambda value: (len(_people(groups[value])), value)))
    return ()


def group_of(value: str, told: Sequence[str]) -> int:
    """The number of a value's group in a cut that tells these values; REST for all others."""
    return told.index(value) if value in told else REST


def _groups(rows: Sequence[SeenRow], told: Sequence[str]) -> Mapping[str | None, list[SeenRow]]:
    groups: dict[str | None, list[SeenRow]] = {value: [] for value in told}
    for row in rows:
        groups.setdefault(row.value if row.value in groups else None, []).append(row)
    return groups


def _failing(rows: Sequence[SeenRow], groups: Mapping[str | None, list[SeenRow]], least_users: int) -> list[str | None]:
    """The groups (``None``: the rest) of which some part that could be isolated is too small."""
    if len(groups) == 1 and not any(row.atom for row in rows):
        # One group is the whole block, which everybody has who has its totals; it must be large to be called by a name.
        [only] = groups
        return [] if only is None or _is_safe(rows, least_users, may_be_empty=False) else [only]
    group_of_row = {id(row): name for name, members in groups.items() for row in members}
    in_cell: dict[object, set[str | None]] = {}
    for row in rows:
        in_cell.setdefault(row.cell, set()).add(group_of_row[id(row)])
    failing: list[str | None] = []
    for name, members in groups.items():
        by_atom: dict[Atom, list[SeenRow]] = {}
        for row in members:
            by_atom.setdefault(row.atom, []).append(row)
        shared = [row for row in members if len(in_cell[row.cell]) > 1]
        others = [row for row in rows if group_of_row[id(row)] != name and name in in_cell[row.cell]]
        parts = [*by_atom.values(), shared, others]
        if not all(_is_safe(part, least_users, may_be_empty=True) for part in parts):
            failing.append(name)
    return failing


def _people(rows: Sequence[SeenRow]) -> set[str]:
    return {row.user for row in rows if row.user is not None}


def _is_safe(rows: Sequence[SeenRow], least_users: int, *, may_be_empty: bool) -> bool:
    return (may_be_empty and not rows) or len(_people(rows)) >= least_users
