"""How fragments of sentences become sentences, wherever they are told: ``ended``, ``said_together``, ``plainly``.

And what a library said becomes one line that names no folder of the machine: ``in_one_line``, ``without_folders``.
"""

from __future__ import annotations

import re

_ENDS = (".", "!", "?", "…", "。", "！", "？")
# What libraries that read options and bodies say, and how a person would say it.
_UNREAD = re.compile(r", unable to parse .*")
# Of two names or more: "/openapi.json" is an address of ours, and so is what begins like another one.
_FOLDERS = re.compile(
    r"""(?<![\w/:.])/(?!v1/|openrtb2/)(?:[^\s/'"`,;:()\[\]]+/)+|\b(?:file|sqlite[+\w]*):/+(?:[^\s/]+/)*"""
)
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


def in_one_line(reason: BaseException, root: object = "", longest: int = 160) -> str:
    """What a library said in the first ``longest`` characters; files of the folder ``root`` are named from there on."""
    said = str(reason).replace(f"{root}/", "") if str(root) else str(reason)
    return " ".join(without_folders(said).split())[:longest] or type(reason).__name__


def without_folders(told: str) -> str:
    """The same, each file named by its last name alone: where a machine keeps it is nobody else's business."""
    return _FOLDERS.sub("", told)
