"""What the validator of bodies and parameters found wrong, in plain words: what it is, and what to send instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adplat.domain import plainly
from services.admin.experiment_bodies import NAME_PATTERN

Words = tuple[str, str]
SEE_DOCUMENT = "see /openapi.json for the fields"
_JSON = "a JSON object, with the header Content-Type: application/json"
_A_MOMENT = ("it is no moment", "write it as 2027-06-01T00:00:00Z")
_A_DAY = ("it is no day", "write it as 2027-06-01")
_WHOLE = ("it is no whole number", "give one such as 3")
_NUMBER = ("it is no number", "give one such as 0.05")
_TRUTH = ("it is neither true nor false", "give true or false")
_TEXT = ("it is no text", "give a text in quotes")
_OBJECT = ("it is no JSON object", "give one: {{ … }}")
_LIST = ("it is no list", "give one: [ … ]")
_SMALL, _LARGE = "it is too small", "it is too large"
# ``{…}`` is filled from the context of the error.
WORDS: Mapping[str, Words] = {
    "missing": ("it is missing", "give it: it may not be left out"),
    "extra_forbidden": ("there is no such field", f"leave it out, or {SEE_DOCUMENT}"),
    "string_pattern_mismatch": ("it is not written as it must be", "write it as {pattern}"),
    "timezone_aware": ("it has no time zone", "write it as 2027-06-01T00:00:00Z or 2027-06-01T00:00:00+08:00"),
    "moment_too_far": ("no year that is planned for", "give a moment in the years {first} to {last}"),
    "datetime_type": _A_MOMENT,
    "datetime_parsing": _A_MOMENT,
    "datetime_from_date_parsing": _A_MOMENT,
    "datetime_object_invalid": _A_MOMENT,
    "date_type": _A_DAY,
    "date_parsing": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "date_from_datetime_inexact": _A_DAY,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": ("it is not finite", "give a number such as 0.05"),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "string_type": _TEXT,
    "string_unicode": ("it is no text that can be kept", "send it as UTF-8"),
    "string_too_short": ("it is too short", "give {min_length} or more characters"),
    "string_too_long": ("it is too long", "give at most {max_length} characters"),
    "too_short": ("there are too few: {actual_length}", "give {min_length} or more"),
    "too_long": ("there are too many", "give at most {max_length}"),
    "greater_than": (_SMALL, "give more than {gt}"),
    "greater_than_equal": (_SMALL, "give {ge} or more"),
    "less_than": (_LARGE, "give less than {lt}"),
    "less_than_equal": (_LARGE, "give at most {le}"),
    "enum": ("there is no such value", "give one of {expected}"),
    "literal_error": ("there is no such value", "give one of {expected}"),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
}
# What a pattern means, for those who do not read it.
PATTERNS = {
    NAME_PATTERN: "write 1 to 64 letters, digits, '.', '_' and '-', a letter or digit first",
    "^(en|zh)$": "give en or zh",
}


def in_plain_words(error: Mapping[str, Any]) -> tuple[str, str, str]:
    """What, where and hint of one error of the validator, as FastAPI tells it."""
    kind, place, context = error["type"], list(error["loc"]), error.get("ctx", {})
    if kind == "json_invalid":
        return "the body is not JSON", f"body, character {place[-1]}", "send a JSON document"
    where = ".".join(str(part) for part in (place[1:] if place[0] in {"body", "query"} else place)) or "body"
    if place == ["body"]:
        if kind == "missing":
            return "there is no body", where, f"send {_JSON}"
        if isinstance(error.get("input"), bytes):  # FastAPI reads a body as JSON only where it is said to be that
            return "the body was not sent as JSON", where, f"send {_JSON}"
    if kind not in WORDS:
        return plainly(str(error["msg"])), where, SEE_DOCUMENT
    what, hint = WORDS[kind]
    return what.format(**context), where, PATTERNS.get(context.get("pattern", "")) or hint.format(**context)
