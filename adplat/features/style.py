"""How a text is written, in numbers: length, marks, digits, whom it speaks to, whether it holds something back.

The word lists are English; in another language they count nothing, and lengths and marks remain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

_COUNTED = {
    "questions": r"\?",
    "exclamations": r"!",
    "commas": r",",
    "quotes": r'["“”]',
    "apostrophes": r"['’]",
    "colons": r":",
    "dashes": r"—| - ",
    "ellipses": r"\.\.\.|…",
    "currency": r"[$€£]",
    "percent": r"%",
    "digits": r"\d",
    "capitals": r"\b[A-Z]{2,}\b",
    "brackets": r"\(",
    "hashes": r"#",
    "sentences": r"[.!?]+(?:\s|$)",
    "you": r"(?i)\byou(?:r|['’]re|['’]ll|['’]d)?\b",
    "i": r"(?i)\b(?:i|my|me|i['’]m)\b",
    "he": r"(?i)\b(?:he|his|him)\b",
    "she": r"(?i)\b(?:she|her)\b",
    "they": r"(?i)\b(?:they|their|them)\b",
    "we": r"(?i)\b(?:we|our|us)\b",
    "pointing": r"(?i)\b(?:this|these|that|those)\b",
    "here": r"(?i)\bhere(?:['’]s)?\b",
    "asking": r"(?i)\b(?:how|why|what|when|where|who)\b",
    "negations": r"(?i)\b(?:no|not|never|nothing|(?:do|ca|wo|is|did)n['’]t)\b",
    "superlatives": r"(?i)\b(?:\w+est|most|worst|ever)\b",
    "senses": r"(?i)\b(?:see|watch|look|hear|listen|read|meet)\b",
    "turns": r"(?i)\b(?:but|until|then|because|so)\b",
    "curiosity": r"(?i)\b(?:guess|secret|surpris\w*|shock\w*|reason|truth|happen\w*|thing|something)\b",
}
_PATTERNS = tuple(re.compile(pattern) for pattern in _COUNTED.values())
_OPENING = re.compile(r"(?i)(?:this|these|here|what|how|why|he|she|i|you|the|a|watch|if|when)\b")
STYLE = ("characters", "words", "word_length", "opening", "title_case", *_COUNTED)


def style_of(texts: Sequence[str]) -> Float64:
    """(N, S) the numbers named by ``STYLE``; all 0 for an empty text."""
    known = {text: _style(text) for text in dict.fromkeys(texts)}
    return np.array([known[text] for text in texts], np.float64).reshape(len(texts), len(STYLE))


def _style(text: str) -> list[float]:
    words = text.split()
    if not words:
        return [0.0] * len(STYLE)
    return [
        float(len(text)),
        float(len(words)),
        len(text) / len(words),
        float(_OPENING.match(text) is not None),
        sum(word[0].isupper() for word in words) / len(words),
        *(float(len(pattern.findall(text))) for pattern in _PATTERNS),
    ]
