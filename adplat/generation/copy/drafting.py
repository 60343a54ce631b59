"""The words of whole drafts for one placement: a first one, and others that differ from it in one part only.

A test can then credit what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    found = {
        limit.part: copywriter.write(brief, limit, language, _asked_for(limit) + variants, seed)
        for limit in rules.texts
    }
    needed = {limit.part: _asked_for(limit) for limit in rules.texts}
    first = {part: sentences[: needed[part]] for part, sentences in found.items()}
    _shorten(first, found, rules.texts)
    drafts = [first]
    spare = {part: list(found[part][needed[part] :]) for part in _VARIED if part in found}
    while len(drafts) <= variants and any(spare.values()):
        for part in _VARIED:
            if spare.get(part) and len(drafts) <= variants:
                drafts.append({**first, part: (spare[part].pop(0), *first[part][1:])})
    return tuple(DraftCopy(language, tuple(one for part in draft.values() for one in part)) for draft in drafts)


def _asked_for(limit: TextLimit) -> int:
    return max(limit.fewest, 1)


def _shorten(
    first: dict[str, tuple[Sentence, ...]], found: Mapping[str, Sequence[Sentence]], limits: Sequence[TextLimit]
) -> None:
    """Where one sentence must be short, the short one that was found stands last in the first draft."""
    for limit in limits:
        short = limit.short_width
        if short is not None and not any(display_width(one.text) <= short for one in first[limit.part]):
            fitting = next((one for one in found[limit.part] if display_width(one.text) <= short), None)
            if fitting is not None:
                first[limit.part] = (*first[limit.part][:-1], fitting)
