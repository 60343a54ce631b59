"""Bundles are remembered once; the one deployed last is live; the history says how it came to be."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from adplat.domain import (
    BundleDeployment,
    BundleRegistry,
    BundleState,
    DataSpan,
    DeploymentKind,
    ListRequest,
    UnknownReference,
    condition_from,
)
from adplat.storage import Database, SqlBundleRegistry

from .builders import NOON, a_bundle


def a_registry(database: Database, *bundle_ids: str) -> SqlBundleRegistry:
    registry = SqlBundleRegistry(database)
    for bundle_id in bundle_ids:
        registry.register(a_bundle(bundle_id), NOON)
    return registry


def states(registry: SqlBundleRegistry) -> dict[str, BundleState]:
    return {one.bundle.bundle_id: one.state for one in registry.registered()}


def test_it_is_the_port_and_nothing_is_deployed_at_first(database: Database) -> None:
    port: BundleRegistry = SqlBundleRegistry(database)

    assert port.deployed() is None
    assert port.registered() == []
    assert port.history() == []


def test_the_bundle_deployed_last_is_live_and_may_be_an_older_one(database: Database) -> None:
    registry = a_registry(database, "b1", "b2", "b3")

    registry.deploy(BundleDeployment("b1", NOON))
    registry.deploy(BundleDeployment("b2", NOON + timedelta(hours=1), DeploymentKind.PROMOTE))
    assert registry.deployed() == a_bundle("b2")
    assert states(registry) == {"b1": BundleState.RETIRED, "b2": BundleState.LIVE, "b3": BundleState.REGISTERED}

    registry.deploy(BundleDeployment("b1", NOON, DeploymentKind.ROLLBACK))
    assert registry.deployed() == a_bundle("b1")
    assert states(registry) == {"b1": BundleState.LIVE, "b2": BundleState.RETIRED, "b3": BundleState.REGISTERED}


def test_all_facts_come_back(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    data = DataSpan(900, 100, NOON - timedelta(days=3), NOON, "f" * 64)
    bundle = a_bundle(data=data, config={"seed": 7, "model": {"hidden": [8, 4]}})
    registry.register(bundle, NOON, by="mei", parent="b0")
    promoted = BundleDeployment(
        "b1",
        NOON + timedelta(hours=1),
        DeploymentKind.PROMOTE,
        "wen",
        "春季",
        "s1",
        {"passes": True, "gates": [{"x": 1.5}]},
    )
    registry.deploy(promoted)

    [found] = registry.registered()
    assert found.bundle == bundle
    assert (found.registered, found.registered_by, found.parent) == (NOON, "mei", "b0")
    assert found.latest == promoted
    assert registry.history() == [promoted]


def test_registering_again_only_takes_over_where_it_lies(database: Database) -> None:
    registry = a_registry(database, "b1")

    registry.register(a_bundle(path="/elsewhere", metrics={}), NOON + timedelta(days=1), by="somebody")

    [found] = registry.registered()
    assert found.bundle == a_bundle(path="/elsewhere")
    assert (found.registered, found.registered_by) == (NOON, "")


def test_an_unknown_bundle_cannot_be_deployed(database: Database) -> None:
    with pytest.raises(UnknownReference, match="register"):
        SqlBundleRegistry(database).deploy(BundleDeployment("nobody", NOON))

    assert database.row_counts()["deployments"] == 0


def test_a_bundle_is_found_by_the_beginning_of_its_id(database: Database) -> None:
    registry = a_registry(database, "ab1", "ab2", "c")

    assert registry.find("c").bundle == a_bundle("c")
    assert registry.find("ab2").bundle == a_bundle("ab2")
    with pytest.raises(UnknownReference, match="2 bundles"):
        registry.find("ab")
    for name in ("d", ""):
        with pytest.raises(UnknownReference, match="no registered bundle"):
            registry.find(name)


def test_a_measure_that_is_no_number_is_kept_as_such(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    registry.register(a_bundle(metrics={"auc": math.nan, "loss": math.inf, "n": 3.0}), NOON)

    bundle = registry.find("b1").bundle
    assert math.isnan(bundle.metrics["auc"])
    assert bundle.metrics["loss"] == math.inf
    assert bundle.metrics["n"] == 3.0


def test_bundles_are_listed_by_the_state_that_history_gives_them(database: Database) -> None:
    registry = a_registry(database, "b1", "b2", "b3", "b4")
    registry.deploy(BundleDeployment("b1", NOON))
    registry.deploy(BundleDeployment("b2", NOON))
    registry.deploy(BundleDeployment("b1", NOON, DeploymentKind.ROLLBACK, reason="again"))

    def ids(*conditions: str, order: str = "bundle_id") -> list[str]:
        found, cursor = [], ""
        while True:
            asked = ListRequest(tuple(condition_from(one) for one in conditions), order, 1, cursor)
            page = registry.bundle_page(asked)
            found += [one.bundle.bundle_id for one in page.items]
            if not (cursor := page.next):
                return found

    assert ids() == ["b1", "b2", "b3", "b4"]
    assert ids(order="-bundle_id") == ["b4", "b3", "b2", "b1"]
    assert ids("state=live") == ["b1"]
    assert ids("state=retired") == ["b2"]
    assert ids("state=registered") == ["b3", "b4"]
    assert ids("state!=registered") == ["b1", "b2"]
    [live] = registry.bundle_page(ListRequest([condition_from("state=live")])).items
    assert live.latest is not None
    assert (live.state, live.latest.reason) == (BundleState.LIVE, "again")
    assert registry.deployments() == (3, "b1")
    assert [one.bundle_id for one in registry.deployment_page(ListRequest(limit=2)).items] == ["b1", "b2"]


def test_of_an_empty_registry_every_page_is_empty(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    assert registry.deployments() == (0, "")
    assert registry.bundle_page(ListRequest()).items == registry.deployment_page(ListRequest()).items == ()
