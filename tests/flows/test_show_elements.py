"""What elements are worth, for a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adplat.bandit import PLACES, Knowledge
from adplat.domain import PLACE_STARTS, ArmStatistics
from adplat.flows.show_elements import elements_document
from adplat.snapshots import CatalogueSnapshot, DeploymentPointer, load_snapshot
from tests.flows.small_shop import Shop


@pytest.fixture
def snapshot(shop: Shop) -> CatalogueSnapshot:
    """Eight live creatives: sunny or plain backgrounds, each with its own headline, picture and words in common."""
    pointer = DeploymentPointer(shop.workspace)
    loaded = load_snapshot(pointer.folder_of(pointer.read()))
    names = sorted(loaded.listed)
    made = {
        name: replace(creative, elements={"background": "sunny" if names.index(name) % 2 else "plain"})
        for name, creative in loaded.listed.items()
    }
    return replace(loaded, listed=made)


def test_an_element_is_told_with_its_factor_its_interval_and_its_evidence(snapshot: CatalogueSnapshot) -> None:
    names = sorted(snapshot.listed)
    arms = {name: ArmStatistics(20_000, 600 if place % 2 else 300, 0, 400.0) for place, name in enumerate(names)}
    told = elements_document(snapshot, Knowledge.of(arms))
    assert told["creatives"] == len(names) == 8
    by_value = {line["value"]: line for line in told["elements"] if line["kind"] == "background"}
    assert by_value["sunny"]["factor"] / by_value["plain"]["factor"] == pytest.approx(2.0, rel=0.1)
    assert by_value["sunny"]["factor_low"] > 1.2 > by_value["plain"]["factor_high"]
    assert by_value["sunny"]["evidence"] == {
        "creatives": 4, "clicks": 2400, "expected_clicks": pytest.approx(1600.0),
    }  # fmt: skip
    # What all have, or one alone, is not told: it cannot be told apart from the level, or from that creative.
    assert {line["kind"] for line in told["elements"]} == {"background"}
    assert told["pairs"] == []
    assert told["deviations"]["background"] > told["deviations"]["own"]


def test_elements_that_stood_at_the_bottom_are_judged_as_if_all_stood_alike(snapshot: CatalogueSnapshot) -> None:
    names = sorted(snapshot.listed)

    def arm(shown: float, places: tuple[float, float], clicks: int) -> ArmStatistics:
        return ArmStatistics(
            round(shown), clicks, 0, sum(places), expected_by_place=(*places, *(0.0,) * (len(PLACE_STARTS) - 2))
        )

    # All creatives are alike and the second place brings a third of the first; the sunny ones mostly stood there.
    arms = {
        name: arm(20_000, (100.0, 700.0), 500) if place % 2 else arm(20_000, (700.0, 100.0), 1100)
        for place, name in enumerate(names)
    }
    clicks = (4 * (150.0 + 1050.0), 4 * (350.0 + 50.0), *(0.0,) * (len(PLACE_STARTS) - 2))
    fair = elements_document(snapshot, Knowledge.of(arms, sums={PLACES: clicks}))
    unfair = elements_document(snapshot, Knowledge.of(arms))
    factor = {
        id(told): {line["value"]: line["factor"] for line in told["elements"]}["sunny"] for told in (fair, unfair)
    }
    assert factor[id(unfair)] < 0.75
    assert factor[id(fair)] == pytest.approx(1.0, abs=0.1)


def test_without_clicks_all_elements_are_alike(snapshot: CatalogueSnapshot) -> None:
    told = elements_document(snapshot, Knowledge())
    assert {line["factor"] for line in told["elements"]} == {1.0}
    assert all(line["factor_low"] < 1.0 < line["factor_high"] for line in told["elements"])
