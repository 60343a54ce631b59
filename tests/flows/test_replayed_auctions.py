"""Everything three times, shuffled, with the worker killed in the middle: the numbers are those of telling it once."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adplat.flows.fold_events import drop_unfinished_parts
from adplat.storage import EmbeddedValkey, open_bid_upkeep, upgrade_database
from tests.flows.auctions import AFTER, assert_everything_counted_once, picture, send, some_auctions
from tests.flows.fold_rig import GRACE_S, STEPS, DiesAt, Killed, Rig
from tests.flows.small_shop import Shop
from tests.real_postgres import a_postgres
from tests.storage.builders import about

MakeRig = Callable[[str, str], Rig]


@pytest.fixture
def make_rig(shop: Shop, valkey: EmbeddedValkey, tmp_path: Path, empty_database: Path) -> Iterator[MakeRig]:
    """``make_rig(name, database_url)``: stores of their own for each name."""
    made: list[Rig] = []

    def make(name: str, database_url: str = "") -> Rig:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(empty_database, folder / "adplat.db")
        made.append(Rig(shop, valkey, f"{tmp_path.name}-{name}", folder, database_url))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


def seen_by(rig: Rig) -> dict[str, Any]:
    """The worker goes on until nothing is left, and everything that ran out is given back."""
    rig.fold_all(limit=50, later_s=2 * GRACE_S)
    upkeep = open_bid_upkeep(rig.url, namespace=rig.namespace)
    while upkeep.release_expired(AFTER, 10):
        pass
    upkeep.close()
    return picture(rig.url, rig.namespace, rig.ledger, rig.lake)


def once_in_order(rig: Rig) -> dict[str, Any]:
    send(rig.url, rig.namespace, [*some_auctions().sent])
    return seen_by(rig)


def three_times_with_kills(rig: Rig, rng: random.Random) -> tuple[dict[str, Any], int]:
    """What is seen in the end, and how often the worker was killed on the way."""
    upkeep = open_bid_upkeep(rig.url, namespace=rig.namespace)
    deaths = 0

    def now_and_then() -> None:
        nonlocal deaths
        if rng.random() < 0.02:
            upkeep.release_expired(AFTER, rng.randrange(1, 20))
        if rng.random() < 0.1:
            part, call = rng.choice(STEPS)
            drop_unfinished_parts(rig.ledger, rig.lake)
            try:
                dying = {part: DiesAt(getattr(rig, part), call, after=rng.random() < 0.5)}
                rig.attribute(rig.fold(rng.randrange(1, 60), **dying), **dying)
            except Killed:
                deaths += 1
        elif rng.random() < 0.05:
            rig.attribute(rig.fold(rng.randrange(1, 60)))

    send(rig.url, rig.namespace, some_auctions().shuffled(rng), now_and_then)
    upkeep.close()
    return seen_by(rig), deaths


def assert_same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """To the last bit, but for the order in which floats of the bandit's statistics were added up."""
    assert {**found, "arms": None} == {**wanted, "arms": None}
    assert found["arms"].keys() == wanted["arms"].keys()
    assert all(about(arm, wanted["arms"][name]) for name, arm in found["arms"].items())


@pytest.mark.parametrize("seed", range(4))
def test_three_times_shuffled_and_killed_is_as_once(make_rig: MakeRig, seed: int) -> None:
    wanted = once_in_order(make_rig("once", ""))
    assert_everything_counted_once(wanted, some_auctions())

    found, deaths = three_times_with_kills(make_rig("thrice", ""), random.Random(seed))

    assert deaths > 5
    assert_same(found, wanted)


def test_the_same_with_postgresql(make_rig: MakeRig) -> None:
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    try:
        with a_postgres(folder / "pg") as server:
            server.psql("CREATE DATABASE counted")
            upgrade_database(server.get_uri("counted"))
            found, deaths = three_times_with_kills(make_rig("thrice", server.get_uri("counted")), random.Random(9))
            assert deaths > 5
            assert_same(found, once_in_order(make_rig("once", "")))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
