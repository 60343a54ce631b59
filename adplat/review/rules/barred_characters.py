"""Characters that the place bars, and such as no reader sees."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import written
from adplat.review.subject import Subject

_JOINER, _AS_PICTURE = "\u200d", "\ufe0f"


def is_emoji(character: str) -> bool:
    """Whether it is drawn as a small picture; ``™ © ®`` and arrows are letters here."""
    code = ord(character)
    return (code >= 0x1F000 and unicodedata.category(character) in {"So", "Sk"}) or (
        0x2600 <= code <= 0x27BF or code in {0x2B50, 0x2B55, 0x231A, 0x231B, 0x23F0, 0x23F3}
    )


_BARRED: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "emoji": ("emoji", is_emoji),
    "braces": ("braces", lambda character: character in "{}｛｝"),
    "hash": ("hash signs", lambda character: character in "#＃"),
}


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Barred characters by kind, then invisible ones."""
    for spoken in written(subject):
        for bar in subject.placement.bars:
            told, barred = _BARRED.get(bar, (bar, lambda _character: False))
            found = "".join(dict.fromkeys(filter(barred, spoken.text)))
            if found:
                details = {
                    "part": spoken.part,
                    "bar": told,
                    "network": subject.placement.network,
                    "found": found[:20],
                }
                yield RULE.objection(Weight.FAIL, "barred", details)
        hidden = sorted({f"U+{ord(character):04X}" for character in _hidden(spoken.text)})
        if hidden:
            yield RULE.objection(Weight.FAIL, "hidden", {"part": spoken.part, "found": ", ".join(hidden[:5])})


def _hidden(text: str) -> Iterator[str]:
    """Controls, overrides of direction, zero-width and private characters; what holds an emoji together is none."""
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        if category not in {"Cc", "Cf", "Co", "Cs", "Cn"} or character in "\n\r\t\u00ad":
            continue
        glues = character == _JOINER and at > 0 and (is_emoji(text[at - 1]) or text[at - 1] == _AS_PICTURE)
        if not glues:
            yield character


RULE: Rule = Rule(
    "editorial.barred",
    "no character stands in the copy that the place bars or that nobody sees",
    look,
    {
        "barred": Saying("{part} has {bar}, which {network} bars: {found}", "leave them out"),
        "hidden": Saying("{part} has characters that no reader sees: {found}", "type the text again without them"),
    },
)
