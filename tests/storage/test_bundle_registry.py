"""Bundles are remembered once; the one deployed last is served."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from adplat.domain import BundleRegistry, UnknownReference
from adplat.storage import Database, SqlBundleRegistry

from .builders import NOON, a_bundle


def test_it_is_the_port_and_nothing_is_deployed_at_first(database: Database) -> None:
    port: BundleRegistry = SqlBundleRegistry(database)

    assert port.deployed() is None


def test_the_bundle_deployed_last_is_served_and_may_be_an_older_one(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    registry.register(a_bundle("b1"))
    registry.register(a_bundle("b2"))

    registry.deploy("b1", NOON)
    registry.deploy("b2", NOON + timedelta(hours=1))
    assert registry.deployed() == a_bundle("b2")

    registry.deploy("b1", NOON)
    assert registry.deployed() == a_bundle("b1")


def test_registering_again_changes_nothing(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    registry.register(a_bundle())

    registry.register(a_bundle(path="/elsewhere"))

    assert registry.bundles() == [a_bundle()]


def test_an_unknown_bundle_cannot_be_deployed(database: Database) -> None:
    with pytest.raises(UnknownReference, match="register"):
        SqlBundleRegistry(database).deploy("nobody", NOON)

    assert database.row_counts()["deployments"] == 0


def test_a_measure_that_is_no_number_is_kept_as_such(database: Database) -> None:
    registry = SqlBundleRegistry(database)
    registry.register(a_bundle(metrics={"auc": math.nan, "loss": math.inf, "n": 3.0}))

    [bundle] = registry.bundles()
    assert math.isnan(bundle.metrics["auc"])
    assert bundle.metrics["loss"] == math.inf
    assert bundle.metrics["n"] == 3.0
