"""What a form refuses, told in the words of its labels and in the language of who reads it."""

from __future__ import annotations

from adplat.domain import AdplatError, ConfigRejected
from services.admin.problems import of_error
from services.admin.wording import Say, words_in

_LABELS = {"daily": "daily_budget", "total": "total_budget", "target": "bid_target"}


def refusal(sentence: str, where: str, **told: str) -> ConfigRejected:
    """An error that pages tell by the sentence of this key.

    Args:
        sentence: a key of the words; ``told`` fills its gaps; ``:key`` there is a word of that key.
        where: the field's name.
    """
    what = _filled(sentence, told, words_in("en")).rstrip(".")
    return ConfigRejected(what, where=where, hint="change it in the form", detail={"sentence": sentence, "told": told})


def told_to_people(error: Exception, say: Say) -> tuple[int, str, str, str]:
    """Status, what, where and hint, as ``of_error``; a field of a budget or bid is named by its label."""
    status, what, where, hint = of_error(error)
    label = _LABELS.get(where)
    if isinstance(error, AdplatError) and "sentence" in error.detail:
        what, hint = _filled(error.detail["sentence"], error.detail["told"], say), ""
    return status, what, say(label) if label else where, hint


def _filled(sentence: str, told: dict[str, str], say: Say) -> str:
    return say(sentence).format(**{name: _word(text, say) for name, text in told.items()})


def _word(text: str, say: Say) -> str:
    return say(text[1:]) if text.startswith(":") else text
