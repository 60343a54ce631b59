"""One seed, many independent streams: a generator by seed, name and number.

A part that draws more numbers tomorrow then moves no other part of the world.
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str, number: int = 0) -> np.random.Generator:
    """The generator of one part of the world; equal arguments give equal draws in every process."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode()), number]))
