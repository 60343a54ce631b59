"""Experiments, forecasts, jobs and drafts page by page, newest first, a viewer's own alone: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adplat.domain import (
    ConfigRejected,
    Draft,
    DraftCopy,
    Experiment,
    ExperimentArm,
    Flight,
    JobOrder,
    KeptDraft,
    KeptExperiment,
    KeptForecast,
    ListRequest,
    Review,
    Role,
    Viewer,
    condition_from,
)
from adplat.storage import Database, SqlCatalogue, SqlDrafts, SqlExperiments, SqlForecasts, SqlJobs, seen_by

from .builders import NOON, a_campaign, an_advertiser

HOUR = timedelta(hours=1)
KINDS: dict[str, tuple[Callable[[Database, ListRequest], Any], Callable[[Any], str]]] = {
    "experiments": (lambda db, asked: SqlExperiments(db).experiment_page(asked), lambda one: one.experiment_id),
    "forecasts": (lambda db, asked: SqlForecasts(db).forecast_page(asked), lambda one: one.forecast_id),
    "jobs": (lambda db, asked: SqlJobs(db).job_page(asked), lambda one: one.order.subject),
    "drafts": (lambda db, asked: SqlDrafts(db).draft_page(asked), lambda one: one.draft_id),
}


def fill(database: Database) -> None:
    """Seven of each, x1 to x7, the last one the newest; the odd ones are of a1, the others of a2."""
    campaigns = [a_campaign("k1", "a1"), a_campaign("k2", "a2")]
    SqlCatalogue(database).save([an_advertiser("a1"), an_advertiser("a2")], campaigns, [], [])
    for number in range(1, 8):
        owner, at, name = 1 if number % 2 else 2, NOON + number * HOUR, f"x{number}"
        experiment = Experiment(name, (ExperimentArm("a"), ExperimentArm("b")), campaign_ids=(f"k{owner}",))
        SqlExperiments(database).create(
            KeptExperiment(experiment, {"experiment": {"experiment_id": name, "arms": [{"name": "a"}, {"name": "b"}],
                                                       "campaign_ids": [f"k{owner}"]}}, at, "mei")
        )  # fmt: skip
        flight = Flight(NOON, NOON + 9 * HOUR)
        SqlForecasts(database).keep(KeptForecast(name, at, "plan", f"a{owner}", f"k{owner}", flight, {}, {}))
        SqlJobs(database).add(JobOrder("look", name, at, "mei", advertiser_id=f"a{owner}"), at)
        draft = Draft(name, "b", "feed", DraftCopy("en", ()), None, ())
        kept = KeptDraft(draft, Review("feed", ()), f"a{owner}", f"k{owner}", {}, at, "mei")
        SqlDrafts(database).keep([kept])


def walked(database: Database, kind: str, asked: ListRequest) -> list[str]:
    page_of, name_of = KINDS[kind]
    names: list[str] = []
    while True:
        page = page_of(database, asked)
        names += [name_of(one) for one in page.items]
        if not page.next:
            return names
        asked = replace(asked, cursor=page.next)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_follow_one_another_newest_first(database: Database, kind: str) -> None:
    fill(database)
    assert walked(database, kind, ListRequest(limit=3)) == [f"x{number}" for number in range(7, 0, -1)]
    assert walked(database, kind, ListRequest([condition_from("advertiser_id=a2")], limit=2)) == ["x6", "x4", "x2"]
    with pytest.raises(ConfigRejected, match="there is no field"):
        walked(database, kind, ListRequest([condition_from("secret=1")]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_viewer_walks_its_own_alone(database: Database, kind: str) -> None:
    fill(database)
    mine = seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1"})))
    assert walked(mine, kind, ListRequest(limit=2)) == ["x7", "x5", "x3", "x1"]
    assert walked(mine, kind, ListRequest([condition_from("advertiser_id=a2")])) == []
