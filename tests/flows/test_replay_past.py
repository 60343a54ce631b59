"""The history of a moment, rebuilt from events and positions, is what folding them one by one had made of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import StreamPosition
from adplat.flows.rank_creatives import new_decision_id
from adplat.flows.replay_past import ByDesign, Entry, ToldEvent, UserPasts, decided_at_ms
from tests.flows.small_shop import NOON

LENGTH, MOMENT_S = 4, 1000


def folded(entries: Sequence[Entry]) -> list[Entry]:
    """As ``fold_history`` does it: a set, newest first, and the oldest falls off the end."""
    held: list[Entry] = []
    for entry in entries:
        held = sorted({*held, entry}, reverse=True)[:LENGTH]
    return held


def at(number: int) -> StreamPosition:
    return StreamPosition(number, 0)


def pasts(events: Sequence[Entry], kept: Sequence[Entry] = (), orphans: dict[int, int] | None = None) -> UserPasts:
    """Events stand on the stream in the order given, from position 1 on."""
    told = [ToldEvent(entry, entry, at(number)) for number, entry in enumerate(events, start=1)]
    seconds = {second: at(number) for second, number in (orphans or {}).items()}
    return UserPasts({"u": told}, {"u": frozenset(kept)}, seconds, LENGTH)


ENTRIES = st.lists(st.tuples(st.integers(990, 1003), st.integers(1, 5)), max_size=12)
# Kept entries lie before everything that came over the stream.
KEPT = st.lists(st.tuples(st.integers(900, 950), st.integers(1, 5)), max_size=6)


@given(events=ENTRIES, kept=KEPT, data=st.data())
def test_it_is_what_folding_had_made_however_far_the_worker_was(
    events: list[Entry], kept: list[Entry], data: st.DataObject
) -> None:
    decided = data.draw(st.integers(0, len(events)))
    known = data.draw(st.integers(0, decided))
    reached = data.draw(st.integers(known, decided))
    served = folded([*kept, *events[:reached]])
    found = pasts(events, kept).as_of("u", MOMENT_S, at(known), at(decided), served)
    assert found.entries == served


@given(events=ENTRIES.filter(bool), data=st.data())
def test_an_entry_that_must_be_there_and_is_not_shows(events: list[Entry], data: st.DataObject) -> None:
    served = folded(events)
    lost = data.draw(st.sampled_from(served))
    without = [entry for entry in served if entry != lost]
    found = pasts(events).as_of("u", MOMENT_S, at(len(events)), at(len(events)), without)
    assert found.entries == served != without


def test_what_nobody_had_told_cannot_be_known() -> None:
    found = pasts([(995, 1)]).as_of("u", MOMENT_S, at(0), at(0), [(995, 1)])
    assert (found.entries, found.by_design) == ([], {ByDesign.TOLD_LATER})


def test_an_entry_without_impression_needs_a_report_of_its_second_before_the_decision() -> None:
    served = [(995, 1)]
    assert pasts([], orphans={995: 3}).as_of("u", MOMENT_S, at(2), at(4), served).entries == served
    for orphans in ({995: 5}, {994: 3}, {}):
        assert pasts([], orphans=orphans).as_of("u", MOMENT_S, at(2), at(4), served).entries == []


def test_a_click_that_a_bundle_was_trained_on_is_no_second_click() -> None:
    click = ToldEvent((990, 1), (993, 1), at(1))
    both = UserPasts({"u": [click]}, {"u": frozenset({(993, 1)})}, {}, LENGTH)
    assert both.as_of("u", MOMENT_S, at(1), at(1), [(990, 1)]).entries == [(990, 1)]
    # Deployed anew with that bundle, the profile holds it under both seconds.
    assert both.as_of("u", MOMENT_S, at(1), at(1), [(993, 1), (990, 1)]).entries == [(993, 1), (990, 1)]


def test_an_event_whose_place_was_never_written_down_may_have_been_known_or_not() -> None:
    old = UserPasts({"u": [ToldEvent((990, 1), (990, 1), None)]}, {}, {}, LENGTH)
    for served in ([], [(990, 1)]):
        assert old.as_of("u", MOMENT_S, at(5), at(9), served).entries == served


def test_a_decision_is_as_old_as_its_name_says() -> None:
    name = new_decision_id(NOON, np.random.default_rng(0))
    assert decided_at_ms(name) == int(NOON.timestamp() * 1000)
    assert decided_at_ms("d1") is decided_at_ms("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11") is None
