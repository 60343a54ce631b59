"""``adplat report``: rows on the screen, as JSON and as files, from the workspace's own database and lake."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from adplat.bootstrap import open_catalogue, open_database, open_ledger, read_settings
from adplat.cli import run
from adplat.cli.report_screen import titles_of
from adplat.data import Lake
from adplat.domain import (
    STREAM_START,
    Ad,
    Advertiser,
    ArmStatistics,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    Flight,
    Money,
    StreamPosition,
)
from adplat.reporting import ReportColumn, ReportTable

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = ["--since", "2026-03-01", "--until", "2026-03-03"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return a_workspace(tmp_path)


def a_workspace(folder: Path, noon: datetime = NOON, campaign_id: str = "k1") -> Path:
    """One campaign of 120 showings to 120 people: 70 on phones, 48 on desktops, two on tablets."""
    settings = read_settings(workspace=folder)
    database = open_database(settings)
    budget, flight = Budget(None, Money(10_000_000, "CNY")), Flight(noon, noon + timedelta(days=10))
    strategy = BidStrategy(BidStrategyKind.MAX_CPC, 1)
    campaign = Campaign(campaign_id, "a1", "=Spring", CampaignStatus.LIVE, budget, flight, strategy)
    open_catalogue(database).save(
        [Advertiser("a1", "Tea", "CNY")], [campaign], [Ad("ad", campaign_id, "ad", "https://t.example")], []
    )
    counted = ArmStatistics(120, 12, 3, 15.0, 9_000_000)
    cell = (noon, "a1", campaign_id, "c1", "feed")
    until = StreamPosition(round((noon + timedelta(days=9)).timestamp() * 1000))
    open_ledger(database).add(STREAM_START, until, {cell: counted}, {cell: 2_500_000})
    database.close()
    device = ["phone"] * 70 + ["desktop"] * 48 + ["tablet"] * 2
    rows = pl.DataFrame({"decision_id": [f"d{one}" for one in range(120)], "device": device}).with_columns(
        ts=pl.lit(noon), user_key=pl.col("decision_id"), campaign_id=pl.lit(campaign_id), creative_id=pl.lit("c1"),
        placement=pl.lit("feed"), p_ctr=pl.lit(0.125),
    )  # fmt: skip
    Lake(settings.lake_folder).write("impressions", rows, "one")
    clicks = pl.DataFrame({"decision_id": [f"d{one}" for one in range(12)]}).with_columns(ts=pl.lit(noon))
    Lake(settings.lake_folder).write("clicks", clicks, "one")
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    code = run([*(str(one) for one in arguments), "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 0, document
    return document


def test_rows_have_every_metric_with_its_formula_and_interval(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "report", *DAYS, "--by", "day,campaign", "--workspace", workspace)

    [row] = document["rows"]
    assert (row["day"], row["campaign"], row["currency"]) == ("2026-03-01", "k1", "CNY")
    assert (row["impressions"], row["ctr"], row["cvr"], row["roas"], row["pcoc"]) == (120, 0.1, 0.25, 3.6, 1.25)
    assert row["ctr_interval"][0] < 0.1 < row["ctr_interval"][1]
    assert document["metrics"]["ecpm"]["formula"] == "1000 * spend_micros / impressions"
    assert document["totals"][0]["spend"] == 2_500_000
    assert document["labels"]["campaign"] == {"k1": "=Spring"}


def test_by_attribute_a_small_row_takes_another_one_with_it(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "report", *DAYS, "--attribute", "device", "--workspace", workspace)

    assert [(row["device"], row["impressions"], row["clicks"]) for row in document["rows"]] == [
        ("phone", 70, 12),
        (None, 50, 0),
    ]
    assert document["least_users"] == 50
    assert "spend" not in document["rows"][0]


def test_files_say_who_asked_what_and_hold_no_formula(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    files = {kind: workspace / f"report.{kind}" for kind in ("csv", "xlsx", "parquet", "pdf")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]

    assert run(["report", *DAYS, "--by", "campaign", "--workspace", str(workspace), *options]) == 0

    lines = list(csv.reader(io.StringIO(files["csv"].read_text(encoding="utf-8-sig"), newline="")))
    facts = {line[0]: line[1] for line in lines if line[0].startswith("# ")}
    assert facts["# asked by"] == "mei"
    assert facts["# events counted up to"] == "2026-03-10T12:00:00+00:00"
    row = dict(zip(lines[len(facts)], lines[len(facts) + 1], strict=True))
    assert (row["campaign"], row["campaign_name"], row["spend"], row["ctr"]) == ("k1", "'=Spring", "2.5", "0.1")
    frame = pl.read_parquet(files["parquet"])
    assert (frame["spend"][0], frame["impressions"][0]) == (2.5, 120)
    assert json.loads(pl.read_parquet_metadata(files["parquet"])["adplat_report"])["asked by"] == "mei"
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    assert files["xlsx"].read_bytes().startswith(b"PK")


def test_delivery_and_creatives_are_told(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [campaign] = told(capsys, "report-delivery", "--workspace", workspace)["campaigns"]
    [creative] = told(capsys, "report-creatives", "k1", *DAYS, "--workspace", workspace)["creatives"]

    assert (campaign["booked_micros"], campaign["campaign"]) == (10_000_000, "k1")
    assert (creative["creative"], creative["probability_of_best"], creative["is_tired"]) == ("c1", 1.0, False)


def test_the_documented_commands_work_in_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "admin-reports.md").read_text(encoding="utf-8")
    first, *commands = [shlex.split(line, comments=True) for line in re.findall(r"(?m)^\$ (.+)$", text)]
    assert first == ["export", "ADPLAT_WORKSPACE=adplat-demo/service"]
    monkeypatch.setenv("ADPLAT_WORKSPACE", "adplat-demo/service")
    monkeypatch.chdir(tmp_path)
    a_workspace(Path("adplat-demo") / "service", datetime(2026, 9, 20, 12, tzinfo=UTC), "k0003")
    reports = [words[1:] for words in commands if words[1].startswith("report") and words[1] != "report-schedule"]
    assert len(reports) == 6
    for words in reports:
        assert run(words) == 0, words
        shown = capsys.readouterr()
        assert "last counted" not in shown.err, words
        assert "k0003" in shown.out or not shown.out, words


def test_win_rates_come_from_the_lake(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bids = pl.DataFrame({"request_id": [f"r{one}" for one in range(8)], "won": [True] * 6 + [False] * 2}).with_columns(
        ts=pl.lit(NOON), campaign_id=pl.lit("k1"), placement=pl.lit("feed"), bid_micros=pl.lit(5)
    )
    Lake(workspace / "lake").write("bids", bids, "one")
    asked = ("report", *DAYS, "--metrics", "impressions,win_rate", "--workspace", workspace)

    document = told(capsys, *asked, "--by", "day,placement")

    [row], [total] = document["rows"], document["totals"]
    assert (row["impressions"], row["win_rate"], total["win_rate"]) == (120, 0.75, 0.75)
    assert run([*(str(one) for one in asked), "--by", "creative"]) == 2
    assert "win rates are told by day of UTC" in capsys.readouterr().err


def test_zones_are_kept_when_asked_for(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "report-zones", "--workspace", workspace)["zones"] == ["UTC"]
    assert (
        told(capsys, "report-zones", "--add", "Asia/Shanghai", "--workspace", workspace)["zones"][0] == "Asia/Shanghai"
    )
    document = told(capsys, "report", *DAYS, "--by", "day", "--time-zone", "Asia/Shanghai", "--workspace", workspace)
    assert [row["impressions"] for row in document["rows"]] == [120]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--by", "user"], "no dimension"),
        (["--metrics", "viewability"], "no metric"),
        (["--where", "impressions>3"], "not cut by this"),
        (["--time-zone", "Asia/Kolkata"], "within an hour"),
        (["--attribute", "user_key"], "no attribute of users"),
        (["--attribute", "device", "--metrics", "spend"], "not told here"),
        (["--attribute", "device", "--by", "creative"], "by day and campaign alone"),
        (["--attribute", "device", "--time-zone", "Asia/Shanghai"], "those of UTC"),
        (["--csv", "/dev/null/report.csv"], "there is no such folder (--csv /dev/null/report.csv)"),
        (["--pdf", "report.pdf", "--xlsx", "not-there/x.xlsx"], "there is no such folder (--xlsx not-there/x.xlsx)"),
        (["--where", "placement"], "such as campaign=k1"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(
    workspace: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], says: str
) -> None:
    assert run(["report", *DAYS, *wrong, "--workspace", str(workspace)]) == 2
    [line] = [one for one in capsys.readouterr().err.splitlines() if one.startswith("adplat: ")]
    assert says in line and not Path("report.pdf").exists() and not Path("not-there").exists()


def test_a_campaign_that_is_not_there_is_said_to_be_none(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(workspace)]

    assert run(["report-creatives", "nope", *DAYS, *place]) == 2
    assert "no campaign has this id (nope)" in capsys.readouterr().err
    assert run(["report", *DAYS, "--by", "day", "--where", "campaign=k1|nope", "--where", "creative=x|y", *place]) == 0
    assert capsys.readouterr().err.splitlines()[:4] == [
        "nothing of these days matches campaign=k1|nope and creative=x|y",
        "no campaign has the id nope",
        "no creative has the id x, or y",
        "something was last counted on 2026-03-01 (UTC)",
    ]
    document = told(capsys, "report", *DAYS, "--where", "advertiser=a9", *place)
    assert document["unknown_ids"] == {"advertiser": ["a9"]} and document["last_counted_day"] == "2026-03-01"
    document = told(capsys, "report", *DAYS, "--where", "campaign=k1|nope", *place)
    assert document["rows"] and not document["unknown_ids"] and document["last_counted_day"] is None


@pytest.mark.parametrize("as_file", [[], ["--csv", "report.csv"], ["--attribute", "device"]])
def test_a_report_without_rows_says_when_something_was_last_counted(
    workspace: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    as_file: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["report", "--since", "2026-02-01", "--until", "2026-02-03", *as_file]

    assert run([*words, "--workspace", str(workspace)]) == 0
    assert capsys.readouterr().err.splitlines()[0] == "something was last counted on 2026-03-01 (UTC)"
    assert told(capsys, "db", "upgrade", "--workspace", tmp_path / "new")
    assert run([*words, "--workspace", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().err.splitlines()[0] == "nothing was ever counted in this workspace"


def on_a_terminal(capsys: pytest.CaptureFixture[str], width: int, *words: str | Path) -> tuple[list[str], str]:
    """The lines of the table as a terminal of this width shows them, and what was said beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        patch.setenv("FORCE_COLOR", "1")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("TERM", "xterm")
        assert run([str(one) for one in words]) == 0
    told = capsys.readouterr()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", told.out).replace("\N{NO-BREAK SPACE}%", "%")
    return [line.rstrip() for line in shown.splitlines()], told.err


def test_at_80_columns_a_report_drops_what_few_look_at_and_says_so(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("report", *DAYS, "--by", "day,campaign", "--workspace", workspace)

    lines, said = on_a_terminal(capsys, 80, *asked)

    [row] = [line for line in lines if "2026-03-01" in line]
    assert row.split()[:6] == ["2026-03-01", "=Spring", "120", "12", "3", "2.50"]
    assert max(map(len, lines)) <= 80 and "no room for: ROAS" in said


def test_what_is_piped_is_told_whole_a_row_a_line(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", *DAYS, "--by", "day,campaign", "--workspace", str(workspace)]) == 0
    shown = capsys.readouterr()
    [row] = [line for line in shown.out.splitlines() if "2026-03-01" in line]
    assert row.split()[:4] == ["2026-03-01", "k1", "=Spring", "CNY"] and "\x1b" not in shown.out
    assert "PCOC" in shown.out and "not shown" not in shown.err


def a_second_campaign(workspace: Path) -> None:
    """Of a long name in Chinese, without a budget, and with much spent on two creatives."""
    database = open_database(read_settings(workspace=workspace))
    flight = Flight(NOON - timedelta(days=3), NOON + timedelta(days=10))
    budget, strategy = Budget(None, Money(9_876_543_210_000, "CNY")), BidStrategy(BidStrategyKind.MAX_CPC, 1)
    name = "春季新款连衣裙与羊绒围巾大促销活动"
    known = open_catalogue(database).campaigns()[0]
    campaign = Campaign("k-spring-2026-shanghai", "a1", name, CampaignStatus.LIVE, budget, flight, strategy)
    ad = Ad("ad2", campaign.campaign_id, "ad", "https://t.example")
    open_catalogue(database).save([Advertiser("a1", "Tea", "CNY")], [known, campaign], [ad], [])
    counts = {"cr-0123456789abcdef": ArmStatistics(1_200_000, 24_000, 300, 30_000.0, 0)}
    counts["cr-fedcba9876543210"] = ArmStatistics(800_000, 8_000, 100, 10_000.0, 0)
    cells = {(NOON, "a1", campaign.campaign_id, one, "feed"): counted for one, counted in counts.items()}
    begin = StreamPosition(round((NOON + timedelta(days=9)).timestamp() * 1000))
    end = StreamPosition(begin.milliseconds + 1)
    open_ledger(database).add(begin, end, cells, dict.fromkeys(cells, 1_234_567_000_000))
    database.close()


@pytest.mark.parametrize("width", [80, 140])
def test_delivery_on_a_terminal_tells_money_in_units_and_the_id_that_other_commands_ask_for(
    workspace: Path, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    a_second_campaign(workspace)

    lines, said = on_a_terminal(capsys, width, "report-delivery", "--workspace", workspace)

    shown = "\n".join(lines)
    assert lines[0] == "Delivery, money in CNY"
    assert all(figure in shown for figure in ("9,876,543.21", "2,469,134.00", "10.00", "2.50"))
    assert "(k-spring-2026-shanghai)" in shown and "(k1)" in shown and "micros" not in shown
    assert max(cell_len(line) for line in lines) <= width and "…" not in shown
    assert ("no room for:" in said) == (width == 80)


def test_delivery_in_a_pipe_has_every_column_and_a_line_for_each_campaign(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_second_campaign(workspace)
    assert run(["report-delivery", "--workspace", str(workspace)]) == 0
    shown = capsys.readouterr()
    [row] = [line for line in shown.out.splitlines() if "k-spring-2026-shanghai" in line]
    assert "春季新款连衣裙与羊绒围巾大促销活动 (k-spring-2026-shanghai)" in row and "9,876,543.21" in row
    assert len(shown.out.splitlines()) == 5 and "Expected by now" in shown.out and shown.err == ""


def test_creatives_on_a_terminal_have_rates_in_per_cent_and_whole_ids(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_second_campaign(workspace)
    asked = ("report-creatives", "k-spring-2026-shanghai", *DAYS, "--workspace", workspace)

    lines, said = on_a_terminal(capsys, 80, *asked)

    [best] = [line for line in lines if "cr-0123456789abcdef" in line]
    assert best.split()[1:4] == ["1,200,000", "24,000", "2.00%"] and "100.00%" in best
    assert max(map(len, lines)) <= 80 and any("cr-fedcba9876543210" in line for line in lines)
    assert "no room for: Of all" in said


@pytest.mark.parametrize("width", [100, 140])
def test_on_a_terminal_days_money_and_rates_stand_whole(
    workspace: Path, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    asked = ("report", *DAYS, "--by", "day,campaign", "--workspace", workspace)

    lines, said = on_a_terminal(capsys, width, *asked)

    [row] = [line for line in lines if "2026-03-01" in line]
    assert row.split() == ["2026-03-01", "=Spring", "120", "12", "3", "2.50", "10.00%", "0.8333", "3.600"]
    assert max(map(len, lines)) <= width and "…" not in "".join(lines)
    assert "not shown: value, cvr, cpc, ecpm, pcoc; --metrics all or --json tells them" in said
    assert "units of CNY" in said


def test_all_metrics_are_wider_than_a_terminal_rather_than_cut(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("report", *DAYS, "--by", "day,campaign", "--metrics", "all", "--workspace", workspace)

    lines, said = on_a_terminal(capsys, 60, *asked)

    [row] = [line for line in lines if "2026-03-01" in line]
    assert len(row.split()) == 14 and "…" not in "".join(lines)
    assert "not shown" not in said


def test_two_of_one_name_are_told_apart_by_their_ids() -> None:
    columns = (ReportColumn("campaign", "Campaign"), ReportColumn("campaign_name", "Campaign name"))
    told = ReportTable("Report", columns, (("k1", "Tea"), ("k2", "Tea"), ("k3", "Silk"), ("k4", "")))

    assert [titles_of(told, told.rows).get(("campaign", key)) for key in ("k1", "k2", "k3", "k4")] == [
        "Tea (k1)",
        "Tea (k2)",
        "Silk",
        None,
    ]
