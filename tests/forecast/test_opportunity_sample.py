"""Who is eligible among logged opportunities, and the sample as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, Targeting
from adplat.forecast import POOLED, sample_bytes, sample_of_bytes
from adplat.market import AdTerms, EligibilityIndex
from tests.forecast.opportunities import MONDAY, a_sample
from tests.market.builders import a_slot, an_opportunity

WORDS = ["", "a", "b", "a|c", "c"]
SITES = ["", "news.example", "sport.news.example", "oldnews.example", "com.app.game", "NEWS.example"]
FACTS = ("device", "os", "country", "region", "language", "site")


@st.composite
def openings(draw: st.DrawFn) -> dict[str, Any]:
    told: dict[str, Any] = {name: draw(st.sampled_from(WORDS)) for name in FACTS[:-1]}
    told["country"] = draw(st.sampled_from(["a", "CN", "CHN", ""]))
    told["site"] = draw(st.sampled_from(SITES))
    told["placement"] = draw(st.sampled_from(["p1", "p2", "p1|p2"]))
    told["segments"] = draw(st.lists(st.sampled_from(["s1", "s2", "s3"]), max_size=3, unique=True))
    told["at"] = MONDAY + timedelta(minutes=draw(st.integers(0, 20_159)))
    return told


@st.composite
def targetings(draw: st.DrawFn) -> Targeting:
    def some(values: list[Any]) -> tuple[Any, ...]:
        return tuple(draw(st.lists(st.sampled_from(values), max_size=2, unique=True)))

    wishes = {
        "countries": some(["a", "CN", "CHN"]),
        "regions": some(["a", "b"]),
        "devices": some(["a", "c"]),
        "operating_systems": some(["b"]),
        "languages": some(["a", "b"]),
        "segments": some(["s1", "s2", "s4"]),
        "placements": some(["p1", "p2"]),
        "sites": some(["news.example", "com.app.game", "NEWS.example"]),
        "excluded_sites": some(["news.example", "sport.news.example"]),
        "excluded_content": some(["IAB25"]),
        "hours_of_week": tuple(range(draw(st.sampled_from([0, 60, 100])), 168)) if draw(st.booleans()) else (),
    }
    # Few at a time: all together are met by hardly any row, and would hide each other.
    kept = draw(st.lists(st.sampled_from(sorted(wishes)), min_size=1, max_size=2, unique=True))
    return Targeting(**{name: wishes[name] for name in kept})


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(openings(), min_size=1, max_size=12),
    targeting=targetings(),
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]),
)
def test_the_mask_is_what_the_index_of_live_bidding_says(
    rows: list[dict[str, Any]], targeting: Targeting, zone: str
) -> None:
    rows = sorted(rows, key=lambda row: row["at"])
    sample = a_sample(
        [row["at"].timestamp() for row in rows],
        np.arange(len(rows)),
        {name: [row[name] for row in rows] for name in (*FACTS, "placement")},
        [row["segments"] for row in rows],
    )
    index = EligibilityIndex.build([AdTerms("cr", "c", targeting=targeting, time_zone=zone)])

    def may_stand(row: dict[str, Any]) -> bool:
        facts = {name: row[name] for name in FACTS} | {"segment": "|".join(row["segments"])}
        slot = a_slot(placement=row["placement"])
        return len(index.eligible(an_opportunity(slot, **facts), slot, None, row["at"])) == 1

    assert sample.mask(targeting, zone).tolist() == [may_stand(row) for row in rows]


def two_rows() -> Any:
    return a_sample(
        [MONDAY.timestamp(), MONDAY.timestamp() + 7_300.5],
        [0, -1],
        {"placement": ["feed", "story"], "device": ["phone", "tv"], "site": ["ä.example", ""]},
        [["s1", "s2"], []],
        rate=0.25,
    )


@pytest.mark.parametrize(
    ("wish", "met"),
    [
        ({"excluded_sites": ("ä.example",)}, [False, True]),
        ({"sites": ("ä.example",)}, [True, False]),
        ({}, [True, True]),
    ],
)
def test_a_site_that_nobody_told_breaks_no_exclusion_and_meets_no_wish(wish: dict[str, Any], met: list[bool]) -> None:
    assert two_rows().mask(Targeting(**wish), "UTC").tolist() == met


def test_a_cell_is_decided_by_its_values_or_left_to_its_rows() -> None:
    sample = two_rows()
    feed = Targeting(placements=("feed",))
    assert sample.cells_met(feed)[sample.cell].tolist() == [1.0, 0.0]
    with_segment = sample.cells_met(replace(feed, segments=("s1",)))[sample.cell]
    assert np.isnan(with_segment[0])
    assert with_segment[1] == 0.0
    pooled = replace(
        sample,
        cells=replace(
            sample.cells, columns={**sample.cells.columns, "device": np.array([POOLED, POOLED], dtype=np.int32)}
        ),
    )
    phones = pooled.cells_met(replace(feed, devices=("phone",)))[pooled.cell]
    assert np.isnan(phones[0])
    assert phones[1] == 0.0
    assert pooled.cells_met(feed)[pooled.cell].tolist() == [1.0, 0.0]


def test_a_sample_comes_back_from_its_bytes_and_is_the_same_bytes_again() -> None:
    sample = two_rows()
    content = sample_bytes(sample)
    back = sample_of_bytes(content, where="here")
    assert sample_bytes(back) == content
    assert back.texts_of("site") == ["ä.example", ""]
    assert back.at_s.tolist() == sample.at_s.tolist()
    assert (back.rate, back.users, back.data_to) == (0.25, 4.0, datetime(2026, 3, 2, 2, 1, 40, 500000, tzinfo=UTC))
    assert back.opportunities == 8.0


@pytest.mark.parametrize("cut", [0, 4, 30, -1])
def test_a_damaged_file_is_refused_in_one_line(cut: int) -> None:
    with pytest.raises(ConfigRejected, match="no whole sample"):
        sample_of_bytes(sample_bytes(two_rows())[:cut], where="here")


@pytest.mark.parametrize(
    "change",
    [
        {"at_s": np.array([2.0, 1.0])},
        {"user": np.array([1])},
        {"rate": 0.0},
        {"cell": np.array([0, 7], dtype=np.int32)},
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigRejected, match="no whole sample"):
        sample_of_bytes(sample_bytes(replace(two_rows(), **change)), where="here")
