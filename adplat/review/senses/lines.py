"""A line of letters read in a picture."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import Box


@dataclass(frozen=True, slots=True)
class ReadLine:
    """``sure`` is the reader's own confidence, 0 to 1."""

    text: str
    box: Box
    sure: float
