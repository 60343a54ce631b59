"""Which effects of elements are told apart, and which creatives have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from adplat.bandit.policy import Indices
from adplat.statistics import Float64

Element = tuple[str, str]
"""Kind and value, such as ``("headline", "Fresh today")``."""
Effect = tuple[Element, ...]
"""One element, or two that stand together; the empty one is what all creatives made of elements share."""

MOST_EFFECTS = 192
LEVEL, PAIRS = "", "×"
"""Names of the groups of effects beside the kinds of elements."""


@dataclass(frozen=True, eq=False)
class ElementDesign:
    """``n`` arms (the last stands for any that has no elements), ``d`` effects, at most ``l`` of them of one arm.

    An effect that only one arm has cannot be told from what is the arm's own, and is left to it. Effects that the same
    arms have cannot be told apart and are one. Of these the ``MOST_EFFECTS`` that most was seen of are kept.

    Args:
        row_of: by creative id.
        effects: ``(d,)``.
        group_of: ``(d,)`` into ``groups``: the level, the kinds, all pairs.
        groups: their names.
        parts: ``(n, l)`` effects of each arm; ``d`` fills up.
        left: ``(n, groups)`` how many effects of each arm are left to it.
    """

    row_of: Mapping[str, int]
    effects: tuple[Effect, ...]
    group_of: Indices
    groups: tuple[str, ...]
    parts: Indices
    left: Float64


def design_of(
    elements: Mapping[str, Mapping[str, str]], names: Sequence[str], expected: Mapping[str, float]
) -> ElementDesign:
    """Lay it out. Linear in arms and the pairs of their elements; independent of the order of what is given.

    Args:
        elements: by creative id, value by kind; of creatives that may be shown, or were.
        names: further creatives.
        expected: clicks expected of each so far: how much was seen of it.
    """
    effects_of = {name: _effects(made_of) for name, made_of in sorted(elements.items()) if made_of}
    seen: defaultdict[Effect, float] = defaultdict(float)
    arms: defaultdict[Effect, list[str]] = defaultdict(list)
    for name, effects in effects_of.items():
        for effect in effects:
            seen[effect] += expected.get(name, 0.0)
            arms[effect].append(name)
    # What the same arms have is one effect, by the name of the smallest of them: the level, an element, a pair.
    first: dict[tuple[str, ...], Effect] = {}
    for effect in sorted(arms, key=lambda effect: (len(effect), effect)):
        if len(arms[effect]) > 1:
            first.setdefault(tuple(arms[effect]), effect)
    # Single elements before pairs: what they say is about more arms. A rounded sum does not hang on rounding.
    shared = sorted(first.values(), key=lambda one: (len(one), -round(seen[one], 6), -len(arms[one]), one))
    kept = tuple(shared[:MOST_EFFECTS])
    same = {effect for effect in arms if len(arms[effect]) > 1} - set(first.values())
    kinds = sorted({element[0] for effect in arms for element in effect})
    groups = (LEVEL, *kinds, PAIRS)
    place_of = {effect: place for place, effect in enumerate(kept)}
    row_of = {name: row for row, name in enumerate(dict.fromkeys([*effects_of, *names]))}
    width = max((len(effects) for effects in effects_of.values()), default=0)
    parts = np.full((len(row_of) + 1, width), len(kept), dtype=np.int64)
    left = np.zeros((len(row_of) + 1, len(groups)))
    for name, effects in effects_of.items():
        row = row_of[name]
        for column, effect in enumerate(effects):
            if effect in place_of:
                parts[row, column] = place_of[effect]
            elif effect not in same:
                left[row, groups.index(_group(effect))] += 1.0
    group_of = np.array([groups.index(_group(effect)) for effect in kept], dtype=np.int64)
    return ElementDesign(row_of, kept, group_of, groups, parts, left)


def _effects(made_of: Mapping[str, str]) -> list[Effect]:
    single: list[Element] = sorted(made_of.items())
    return [(), *((one,) for one in single), *combinations(single, 2)]


def _group(effect: Effect) -> str:
    return LEVEL if not effect else PAIRS if len(effect) == 2 else effect[0][0]
