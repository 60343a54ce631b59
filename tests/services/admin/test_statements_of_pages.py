"""No page, list or report asks the database more often where there is more to show: what is read for each thing of a
page is read for all of them at once.

The addresses are those that the application tells of itself, so a new page is counted from the day it is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from adplat import bootstrap
from adplat.domain import Role
from adplat.flows.bench_admin_figures import BESIDES
from adplat.flows.bench_admin_market import PASSWORD, Market, MarketSize, make_market
from adplat.flows.bench_admin_pages import addresses_of
from services.admin.app import admin_app
from tests.services.admin.admins import opened

# Fewer than any page shows, and more than any page shows; hours of both reach behind yesterday, whatever it is now.
FEW = MarketSize(50, 5_000, held=5, drafts=5, experiments=5, forecasts=5, jobs=5, audit=100)
MANY = MarketSize(2_000, 100_000, held=500, drafts=120, experiments=120, forecasts=120, jobs=120, audit=10_000)
MOST_STATEMENTS = 40
"""Of any page: who asks, what is shown."""

Counts = dict[tuple[str, Role], int]


class Counting:
    """What all engines of this process were asked, without what begins and ends a transaction."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def hear(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK", "COMMIT")):
            self.statements.append(statement)


@contextmanager
def counting() -> Iterator[Counting]:
    made = Counting()
    event.listen(Engine, "before_cursor_execute", made.hear)
    yield made
    event.remove(Engine, "before_cursor_execute", made.hear)


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def statements(folder: Path, size: MarketSize) -> Counts:
    """Of every address by every role that may ask it, in a market of this size."""
    workspace, url = folder / "ws", f"sqlite:///{folder / 'adplat.db'}"
    with bootstrap.admin_benchmark_stores().opened(workspace, url) as stores:
        market = make_market(stores, size, bootstrap.clock().now(), quiet)
    settings = bootstrap.read_settings(workspace=workspace, database_url=url, actor="setup")
    found: Counts = {}
    with TestClient(admin_app(lambda: opened(settings)), base_url="http://admin") as client:
        for role in Role:
            found |= {(name, role): told for name, told in counted(client, market, role).items()}
    return found


def counted(client: TestClient, market: Market, role: Role) -> dict[str, int]:
    client.cookies.clear()
    told = client.post("/v1/session", json={"user_id": market.people[role], "password": PASSWORD})
    assert told.status_code == 201, told.text

    def get(path: str) -> tuple[int, bytes, float]:
        begun = time.perf_counter()
        answer = client.get(path, follow_redirects=False)
        return answer.status_code, answer.content, time.perf_counter() - begun

    today = bootstrap.clock().now().date()
    days = {"since": str(today - timedelta(days=6)), "until": str(today + timedelta(days=1)), "attribute": "device"}
    found = {}
    for address in addresses_of(get, market.ids, BESIDES, days)[0]:
        with counting() as heard:
            status = get(address.path)[0]
        assert status < 500, address
        if status == 200:
            found[address.name] = len(heard.statements)
    return found


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    return statements(tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    return statements(tmp_path_factory.mktemp("many"), MANY)


def test_a_page_of_hundreds_asks_no_more_often_than_one_of_five(few: Counts, many: Counts) -> None:
    assert len(few) > 100
    assert {"/", "/campaigns", "/creatives", "/audit", "/v1/audit", "/v1/reports/delivery"} <= {name for name, _ in few}
    more = {key: (few[key], count) for key, count in many.items() if key in few and count > few[key]}
    assert more == {}


def test_every_page_asks_only_so_often(many: Counts) -> None:
    assert {key: count for key, count in many.items() if count > MOST_STATEMENTS} == {}
