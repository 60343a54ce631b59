"""How fragments of sentences become sentences, wherever they are told: ``ended``, ``said_together``, ``plainly``."""

from __future__ import annotations

import re

_ENDS = (".", "!", "?", "…", "。", "！", "？")
# What libraries that read options and bodies say, and how a person would say it.
_UNREAD = re.compile(r", unable to parse .*")
_PLAIN = {
    "Value error, ": "",
    "Input should be a valid integer": "it must be a whole number",
    "Input should be a valid number": "it must be a number",
    "Input should be": "it must be",
}


def ended(told: str) -> str:
    """With a full stop, unless it ends as a sentence may already; nothing stays nothing."""
    told = told.rstrip()
    return told if not told or told.endswith(_ENDS) else f"{told}."


def said_together(what: str, hint: str) -> str:
    """``what: hint``; a question or a whole sentence needs no colon behind it."""
    return f"{what}{' ' if what.endswith(_ENDS) else ': '}{hint}"


def plainly(told: str) -> str:
    """A line of a library in one line for people, without a full stop at its end."""
    line = _UNREAD.sub("", " ".join(told.split())).removesuffix(".")
    for theirs, ours in _PLAIN.items():
        line = line.replace(theirs, ours)
    return line
