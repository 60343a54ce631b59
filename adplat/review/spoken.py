"""Everything a creative says: its copy, the words of its tree, and the letters read in a picture without one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.subject import Subject

IN_PICTURE = "picture"
_SURE = 0.8
_WIDE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Spoken:
    """``text`` as it stands, and ``plain``: full-width Latin made narrow, white space and line ends made one space."""

    part: str
    text: str
    plain: str


def is_chinese(text: str) -> bool:
    """Whether it has a Chinese character."""
    return _WIDE.search(text) is not None


def plain(text: str) -> str:
    """One line, in the usual width of every character; Chinese lines are joined without a space."""
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFKC", text).splitlines()]
    joined = ""
    for line in filter(None, lines):
        both_wide = joined and _WIDE.match(joined[-1]) and _WIDE.match(line[0])
        joined += ("" if not joined or both_wide else " ") + line
    return joined


def written(subject: Subject) -> tuple[Spoken, ...]:
    """Copy, and words of the tree that are not copy. Raises CannotLook where neither was given."""
    if subject.words is None and subject.artwork is None:
        raise CannotLook("no copy was given")
    told = [Spoken(words.part, words.text, plain(words.text)) for words in subject.words or () if words.text.strip()]
    known = {_bare(spoken.text) for spoken in told}
    for element in subject.artwork.elements if subject.artwork is not None else ():
        if element.text.strip() and _bare(element.text) not in known:
            told.append(Spoken(element.kind.value, element.text, plain(element.text)))
    return tuple(told)


def everything(subject: Subject, eyes: Eyes) -> Iterator[Spoken]:
    """What is written, then what is read in a picture without a tree.

    Raises CannotLook behind the last where letters could not be read, or at once where nothing was given at all.
    """
    if subject.words is not None or subject.artwork is not None:
        yield from written(subject)
        if subject.artwork is not None or subject.picture is None:
            return
    elif subject.picture is None:
        raise CannotLook("no copy and no picture were given")
    try:
        lines = [line.text for line in eyes.lines() if line.sure >= _SURE]
    except CannotLook as reason:
        looked = "only the copy was looked at" if subject.words is not None else "no copy was given"
        raise CannotLook(f"{looked}; letters in the picture were not read: {reason.reason}") from None
    if lines:
        text = "\n".join(lines)
        yield Spoken(IN_PICTURE, text, plain(text))


def quoted(match: str, most: int = 60) -> str:
    """A find as evidence, in quotes and not longer than a line."""
    shown = " ".join(match.split())
    return f"“{shown[: most - 1]}…”" if len(shown) > most else f"“{shown}”"


def without_names(text: str, names: tuple[str, ...]) -> str:
    """``text`` with the advertiser's own names blotted out."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), lambda found: "·" * len(found.group()), text, flags=re.IGNORECASE)
    return text


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
