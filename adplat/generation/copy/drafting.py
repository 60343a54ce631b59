"""The words of whole drafts for one placement: a first one, and others that differ from it in one part only.

A test can then credit what differs.
"""

from __future__ import annotations

from collections.abc import Sequence

from adplat.artwork import display_width
from adplat.domain import Brief, Copywriter, DraftCopy, PlacementRules, Sentence, TextLimit

_VARIED = ("headline", "cta", "body")


def draft_copies(
    brief: Brief, rules: PlacementRules, language: str, copywriter: Copywriter, seed: int, variants: int = 0
) -> tuple[DraftCopy, ...]:
    """The first draft's words, then up to ``variants`` others, headlines before calls before bodies.

    A part gets as many sentences as the placement asks for, one at least. Raises ConfigRejected where the banned words
    leave a part empty.
    """
    limits = {limit.part: limit for limit in rules.texts}
    found = {
        part: copywriter.write(brief, limit, language, _asked_for(limit) + variants, seed)
        for part, limit in limits.items()
    }
    first = {part: _with_a_short_one(sentences, limits[part]) for part, sentences in found.items()}
    others = {
        part: [
            (one, *first[part][1:])
            for one in found[part]
            if one not in first[part] and _is_short_enough((one, *first[part][1:]), limits[part])
        ]
        for part in _VARIED
        if part in found
    }
    drafts = [first]
    while len(drafts) <= variants and any(others.values()):
        for part, left in others.items():
            if left and len(drafts) <= variants:
                drafts.append({**first, part: left.pop(0)})
    return tuple(DraftCopy(language, tuple(one for part in draft.values() for one in part)) for draft in drafts)


def _asked_for(limit: TextLimit) -> int:
    return max(limit.fewest, 1)


def _with_a_short_one(found: Sequence[Sentence], limit: TextLimit) -> tuple[Sentence, ...]:
    """The first ones; where one must be short and none is, the short one that was found stands last."""
    chosen = tuple(found[: _asked_for(limit)])
    if _is_short_enough(chosen, limit):
        return chosen
    short = next((one for one in found if _is_short_enough((one,), limit)), None)
    return chosen if short is None else (*chosen[:-1], short)


def _is_short_enough(sentences: Sequence[Sentence], limit: TextLimit) -> bool:
    short = limit.short_width
    return short is None or any(display_width(one.text) <= short for one in sentences)
