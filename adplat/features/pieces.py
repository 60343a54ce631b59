"""The pieces of texts, hashed: word n-grams, character n-grams, and the text as a whole.

What an encoder's vector blurs stands here by itself: the very words, their endings, the marks between them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Float32 = npt.NDArray[np.float32]
KINDS = ("words", "characters", "whole")
_WORD = re.compile(r"\w[\w'’]*|[?!.,:$%#\"…—]")
_FEWEST_TEXTS = 2


@dataclass(frozen=True, slots=True)
class PieceRule:
    """``words``: n-grams of up to so many words or marks; ``characters``: of 2 to so many characters inside words.

    ``whole`` is one piece, the text itself. Each piece falls into one of ``buckets`` by CRC-32.
    """

    kind: str
    longest: int = 1
    buckets: int = 2**17

    def pieces(self, text: str) -> Iterator[str]:
        """All pieces of one text, repeats included; none of an empty one."""
        told = text.lower()
        if self.kind == "whole":
            yield from [told] if told else []
            return
        words = _WORD.findall(told)
        if self.kind == "words":
            for n in range(1, self.longest + 1):
                yield from (" ".join(words[start : start + n]) for start in range(len(words) - n + 1))
            return
        for marked in (f" {word} " for word in told.split()):
            for n in range(2, self.longest + 1):
                yield from (marked[start : start + n] for start in range(len(marked) - n + 1))


@dataclass(frozen=True)
class PieceWeights:
    """tf-idf over hashed pieces: (1 + ln count) · (1 + ln((1 + T) / (1 + t))), rows of unit length.

    ``idf`` (buckets,) is fitted on T distinct training texts of which t have the piece; 0 where fewer than two
    have it, so that a piece nobody else used says nothing (a ``whole`` text always counts by 1).
    """

    rule: PieceRule
    idf: Float32

    @classmethod
    def fit(cls, rule: PieceRule, texts: Sequence[str]) -> PieceWeights:
        """Count on distinct texts."""
        distinct = [text for text in dict.fromkeys(texts) if text]
        if rule.kind == "whole":
            return cls(rule, np.ones(rule.buckets, np.float32))
        having = np.asarray((_counts(rule, distinct) > 0).sum(axis=0)).ravel()
        idf = 1.0 + np.log((1.0 + len(distinct)) / (1.0 + having))
        return cls(rule, np.where(having >= _FEWEST_TEXTS, idf, 0.0).astype(np.float32))

    def apply(self, texts: Sequence[str]) -> Any:
        """A sparse matrix (N, buckets); a text without a known piece is a row of zeros."""
        distinct = list(dict.fromkeys(texts))
        place = {text: number for number, text in enumerate(distinct)}
        counts = _counts(self.rule, distinct)
        counts.data = (1.0 + np.log(counts.data)) * self.idf[counts.indices]
        length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        unit = sparse.diags_array(1.0 / np.maximum(length, 1e-9)) @ counts
        return sparse.csr_array(unit)[[place[text] for text in texts]]


def _counts(rule: PieceRule, texts: Sequence[str]) -> Any:
    """How often each bucket is hit (N, buckets)."""
    ends: list[int] = [0]
    hit: list[int] = []
    for text in texts:
        hit.extend(zlib.crc32(piece.encode("utf-8", "surrogatepass")) % rule.buckets for piece in rule.pieces(text))
        ends.append(len(hit))
    found = sparse.csr_array((np.ones(len(hit)), hit, ends), shape=(len(texts), rule.buckets))
    found.sum_duplicates()
    return found
