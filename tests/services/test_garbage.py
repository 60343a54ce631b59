"""What a snapshot consists of is out of the garbage collector's sight, and still goes when it is let go."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.bidding.garbage import without_garbage_collection


class Thing:
    """Something that can be watched."""


@pytest.fixture(autouse=True)
def nothing_stays_frozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_through_again() -> None:
    with without_garbage_collection():
        assert not gc.isenabled()
        things = [Thing() for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(things)
    looked_through = {id(one) for one in gc.get_objects()}
    assert not looked_through & {id(one) for one in things}


def test_what_is_let_go_is_freed() -> None:
    with without_garbage_collection():
        thing = Thing()
    watched = weakref.ref(thing)
    del thing
    assert watched() is None


def test_a_load_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ValueError, match="damaged"), without_garbage_collection():
        raise ValueError("damaged")
    assert gc.isenabled()
