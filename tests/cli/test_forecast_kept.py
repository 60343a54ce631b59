"""``adplat forecast list|show|attach|score|calibration`` for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.answers import said, told
from tests.flows.forecast_rig import FIRST, Rig, a_plan, a_rig


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    folder = tmp_path / "ws"
    folder.mkdir()
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(folder))
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    monkeypatch.chdir(tmp_path)
    with a_rig(folder) as made:
        monkeypatch.setattr("adplat.bootstrap.machine.SystemClock", lambda: made.clock)
        yield made


def flown(rig: Rig) -> str:
    """A forecast of a flight that is long over, with showings in the lake."""
    name = rig.keep()
    rig.show(FIRST, 90, clicks=9, conversions=2)
    rig.clock.advance(90 * 86_400)
    return name


def test_a_life_as_documents(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    name = flown(rig)
    [listed] = told(capsys, "forecast", "list")["forecasts"]
    assert (listed["forecast_id"], listed["campaign_id"], listed["scored_at"]) == (name, None, None)
    waiting = told(capsys, "forecast", "score", "--whole")
    assert "no campaign carries it out" in waiting["waiting"][name]
    assert told(capsys, "forecast", "attach", name, "k1")["campaign_id"] == "k1"
    assert told(capsys, "forecast", "score", "--whole", "--data", "ws/lake") == {
        "scored": {name: 13},
        "revisions": {},
        "waiting": {},
        "alerts": [],
    }
    shown = told(capsys, "forecast", "show", name)
    [impressions] = [one for one in shown["scores"] if one["metric"] == "impressions" and one["day"] is None]
    assert (impressions["actual"], impressions["inside_80"], impressions["told"]["p50"]) == (90.0, True, 100.0)
    assert [one["action"] for one in shown["changes"]] == ["forecast keep", "forecast attach", "forecast score"]
    rig.show(FIRST, 5)
    assert told(capsys, "forecast", "score", "--whole")["revisions"] == {}
    assert name in told(capsys, "forecast", "score", "--whole", "--again")["revisions"]
    page = told(capsys, "forecast", "calibration", "--out", "page.html")
    assert (page["forecasts"], page["revised"]) == (1, 4)
    assert Path("page.html").read_text().startswith("<!")


def test_a_life_in_words(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    name = flown(rig)
    assert name in said(capsys, "forecast", "list")[0]
    assert "nothing of it is scored yet" in said(capsys, "forecast", "show", name)[0]
    assert "is carried out by campaign k1" in said(capsys, "forecast", "attach", name, "k1")[1]
    assert "waits: its flight ended 2026-03-05 00:00, and the lake reaches to" in said(capsys, "forecast", "score")[0]
    assert f"forecast {name}: 13 numbers scored" in said(capsys, "forecast", "score", "--whole")[0]
    assert "nothing was due" in said(capsys, "forecast", "score", "--whole")[0]
    out, _ = said(capsys, "forecast", "show", name)
    assert "impressions" in out and "mei: forecast attach" in out and "happened" in out
    rig.show(FIRST, 5)
    assert "late data: 90 before, 95 now" in said(capsys, "forecast", "score", "--whole", "--again")[0]
    out, err = said(capsys, "forecast", "calibration", "--out", "page.html")
    assert "intervals that held" in out and "page: page.html" in err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["forecast", "show", "f1"], "no forecast has this id (forecast f1)"),
        (["forecast", "attach", "f1", "k1"], "no forecast has this id"),
        (["forecast", "score", "--data", "nowhere"], "no lake with impressions here (nowhere)"),
        (["forecast", "calibration", "--out", "page.html"], "no forecast was scored yet"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], rig: Rig, words: list[str], what: str
) -> None:
    _, err = said(capsys, *words, code=2)
    assert what in err and len(err.strip().splitlines()) == 1


def test_the_page_stands_alone_and_tells_slices_versions_and_the_watch(
    capsys: pytest.CaptureFixture[str], rig: Rig
) -> None:
    for week in range(6):
        start = FIRST + timedelta(days=7 * week)
        plan = a_plan(start=start, end=start + timedelta(days=1), campaign_id="k1", name=f"week {week}")
        rig.keep(plan, {"budget": "tight" if week % 2 else "ample", "vertical": "food"})
        rig.show(start, 90, clicks=9)
    rig.clock.advance(90 * 86_400)
    said(capsys, "forecast", "score", "--whole")
    said(capsys, "forecast", "calibration", "--out", "page.html")
    page = Path("page.html").read_text()
    for words in (
        "By budget",
        "By vertical",
        "By days ahead",
        "By correction",
        "The watch",
        "Over time",
        "tight",
        "r1",
    ):
        assert words in page, words
    assert "http" not in page.replace("http://www.w3.org", "").split("<body")[1]
