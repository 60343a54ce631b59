"""The benchmark of the admin: a small market is filled, served and asked; its figures say what was measured."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from adplat.bootstrap import read_settings, run_benchmark
from adplat.cli import run
from adplat.domain import ConfigRejected, Role
from adplat.flows.bench_admin_figures import Pages, growth_figure, page_figures, report_addresses, report_figures
from adplat.flows.bench_admin_pages import Address, Asked, addresses_of


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def test_a_small_market_is_filled_served_and_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "admin.md"
    arguments = ("--quick", "--rows", "20000", "--database", "sqlite", "--json")

    # 1: some figure does not hold, as may be where much else runs.
    assert run(["bench", "admin", *arguments, "--write", str(page), "--workspace", str(tmp_path / "ws")]) in {0, 1}

    figures = {one["id"]: one for one in json.loads(capsys.readouterr().out)["figures"]}
    assert figures["admin.1.sqlite.faults"]["value"] == 0
    assert {f"admin.1.sqlite.{name}" for name in ("/", "/campaigns/{campaign_id}", "/v1/audit")} <= set(figures)
    assert "advertiser " in figures["admin.1.sqlite./creatives"]["what"]
    assert "operator" not in figures["admin.1.sqlite./v1/users"]["what"]
    assert figures["admin.2.sqlite.advertiser.28 days, day"]["value"] > 0
    assert figures["admin.4.sqlite.memory"]["n"] >= 20_000
    assert "`adplat bench admin --quick --rows 20000 --database sqlite`" in page.read_text()


def test_other_benchmarks_take_no_rows_and_no_other_database_is_known(tmp_path: Path) -> None:
    settings = read_settings(workspace=tmp_path)

    def bench(name: str, rows: int | None, database: str) -> None:
        run_benchmark(settings, name, only="", quick=True, page=None, progress=quiet, rows=rows, database=database)

    with pytest.raises(ConfigRejected, match="admin alone"):
        bench("demo", 5, "")
    with pytest.raises(ConfigRejected, match="no database 'mysql' here"):
        bench("admin", None, "mysql")
    with pytest.raises(ConfigRejected, match="0 rows"):
        bench("admin", 0, "sqlite")


def test_addresses_are_those_the_application_tells_with_ids_or_links_in_their_places() -> None:
    wanted = [{"in": "query", "required": True, "name": "since"}, {"in": "query", "required": False, "name": "by"}]
    unknown = [{"in": "query", "required": True, "name": "colour"}]
    paths = {
        "/v1/reports": {"get": {"parameters": wanted}},
        "/v1/things/{thing_id}": {"get": {"parameters": unknown}},
        "/v1/jobs/{job_id}/cancel": {"post": {}},
    }
    shown = ["/", "/campaigns/{campaign_id}", "/saved/{saved_id}", "/other/{other_id}", "/static/{name}"]
    document = json.dumps({"paths": paths, "x-pages": shown}).encode()
    pages = {
        "/openapi.json": document,
        "/": b'<a href="/saved/7?x=1">one</a><a href="/saved/7">one</a><a href="/?cursor=a&amp;b=1">more</a>',
    }

    def get(path: str) -> tuple[int, bytes, float]:
        return 200, pages[path], 0.0

    found, left = addresses_of(get, {"campaign_id": "k 1"}, [Address("x", "/x")], {"since": "2026-03-01"})

    assert {one.name: one.path for one in found} == {
        "/": "/",
        "/campaigns/{campaign_id}": "/campaigns/k%201",
        "/saved/{saved_id}": "/saved/7",
        "/v1/reports": "/v1/reports?since=2026-03-01",
        "/, second page": "/?cursor=a&b=1",
        "x": "/x",
    }
    assert sorted(left) == ["/other/{other_id}", "/v1/things/{thing_id}"]


def test_a_figure_is_the_slowest_role_s_and_a_fault_or_an_unasked_page_does_not_hold() -> None:
    addresses = (Address("/", "/"), Address("/v1/reports", "/v1/reports"), Address("/broken", "/broken"))
    took = {
        ("/", Role.ADMIN): Asked([0.1] * 40, [0.05] * 40, {200}),
        ("/", Role.ADVERTISER): Asked([0.1] * 30 + [0.7] * 10, [], {200}),
        ("/v1/reports", Role.ADMIN): Asked([1.5], [], {200}),
        ("/broken", Role.ADMIN): Asked(statuses={500}),
    }

    figures = {one.figure_id: one for one in page_figures("sqlite", Pages(addresses, took, ("/other/{id}",)))}

    assert figures["admin.1.sqlite./"].value == pytest.approx(700) and not figures["admin.1.sqlite./"].holds
    assert "admin 100/100/50, advertiser 100/700/0" in figures["admin.1.sqlite./"].what
    assert figures["admin.1.sqlite./v1/reports"].holds, "a report may take two seconds"
    assert figures["admin.1.sqlite"].value == pytest.approx(700)
    assert not figures["admin.1.sqlite.faults"].holds and not figures["admin.1.sqlite.unasked"].holds
    assert "/other/{id}" in figures["admin.1.sqlite.unasked"].what
    assert "admin.1.sqlite./broken" not in figures
    few = {("/", Role.ADMIN): Asked([0.02], [], {200}), ("/gone", Role.ADMIN): Asked([9.0], [], {200})}
    assert growth_figure("sqlite", few, took, 10_000_000).value == pytest.approx(5.0)


def test_reports_are_told_for_each_asker_also_those_that_are_refused() -> None:
    asked = report_addresses(date(2026, 3, 29))
    whole = next(one for one in asked if one.name == "28 days, day x campaign x creative x placement")
    took = {
        (whole.name, Role.OPERATOR): Asked([2.5, 2.5], [], {422}),
        (whole.name, Role.ADVERTISER): Asked([0.5, 0.5], [], {200}),
    }

    told = {one.figure_id: one for one in report_figures("sqlite", asked, took)}

    assert "since=2026-03-01&until=2026-03-29" in whole.path
    refused = told[f"admin.2.sqlite.operator.{whole.name}"]
    assert "refused" in refused.what and not refused.holds
    assert told[f"admin.2.sqlite.advertiser.{whole.name}"].holds
