"""Keeping the garbage collector away from what lives as long as a snapshot does."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """What the block makes is never looked through for cycles, neither now nor later.

    A catalogue of ten thousand ads is two hundred thousand objects: looking through all of them holds up every request
    for a quarter of a second, and Python does it whenever enough new ones have come. Objects without cycles, which a
    snapshot consists of, are freed all the same when nothing refers to them any more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
