"""Charts are SVG for a strict page: no style, no script, the page's own colours, a sentence instead of a tree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from markupsafe import Markup

from services.admin.charts import Axis, bars, intervals, lines, points

ROWS = [
    {"day": f"2026-03-0{day}", "who": who, "got": day * 1.5, "low": day * 1.0, "high": day * 2.0}
    for day in (1, 2, 3)
    for who in ("<script>alert(1)</script>", "b.c[0]")
]
DAY, GOT, WHO = Axis("day", "日期", "T"), Axis("got", "<b>Got</b>", form=",.1f"), Axis("who", "Who", "N")
DRAWN: dict[str, Callable[[], Markup]] = {
    "lines": lambda: lines(ROWS, DAY, GOT, 'a "label" <b>', by="who", band=("low", "high")),
    "bars": lambda: bars(ROWS, DAY, GOT, 'a "label" <b>', by="who"),
    "intervals": lambda: intervals(ROWS[:2], WHO, GOT, "low", "high", 'a "label" <b>', rule_at=1.0),
    "points": lambda: points(ROWS, GOT, Axis("high", "High"), 'a "label" <b>', diagonal=True),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_keeps_to_the_policy_of_the_page(name: str) -> None:
    drawn = DRAWN[name]()
    tree = ET.fromstring(drawn)  # noqa: S314 - our own
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == 'a "label" <b>'
    assert tree.get("class") == "chart"
    assert tree.get("width") is None
    for one in tree.iter():
        assert one.tag.rpartition("}")[2] not in {"script", "style", "a", "foreignObject", "image"}
        assert "style" not in one.attrib
        assert not [key for key in one.attrib if key.startswith("on") or key.endswith("href")]
    assert "var(--series-1)" in drawn


def test_what_is_drawn_is_what_is_told() -> None:
    got = [[{"at": f"p{place}", "n": n} for place, n in enumerate(told)] for told in ([1.0, 2.0], [1.0, 3.0])]
    one, other = (bars(rows, Axis("at", "At", "O"), Axis("n", "N"), "n") for rows in got)
    assert one != other
    assert one == bars(got[0], Axis("at", "At", "O"), Axis("n", "N"), "n")


def test_a_chart_of_nothing_is_an_empty_frame() -> None:
    assert ET.fromstring(lines([], DAY, GOT, "none")).get("role") == "img"  # noqa: S314 - our own
    assert ET.fromstring(points([], GOT, GOT, "none", diagonal=True)).get("role") == "img"  # noqa: S314 - our own
