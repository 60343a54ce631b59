"""Every figure: well-formed SVG or PNG, with the names in it, and refusing what cannot be drawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from adplat.domain import TableRejected
from adplat.reporting import (
    MetricComparison,
    PacedMoney,
    PictureForm,
    draw_click_rates,
    draw_cumulative_regret,
    draw_metric_comparison,
    draw_paced_day,
    draw_reliability,
)
from adplat.statistics import reliability_curve
from tests.reporting.builders import a_reliability_curve, a_trace, some_models, some_regret

Draw = Callable[[PictureForm], bytes]
FIGURES: dict[str, tuple[Draw, list[str]]] = {
    "click rates": (
        lambda form: draw_click_rates([a_trace("创意甲 $1$", 0.03, 1), a_trace("b_2", 0.02, 2)], form=form),
        ["创意甲 $1$", "b_2", "click rate so far (%)"],
    ),
    "regret": (
        lambda form: draw_cumulative_regret({"uniform": some_regret(0.02, 1.0, 1), "one run": [0.0, 1.0]}, form=form),
        ["uniform", "one run", "missed clicks so far"],
    ),
    "comparison": (
        lambda form: draw_metric_comparison(some_models(), form=form),
        ["AUC", "gradient boosting", "0.7421"],
    ),
    "paced day": (
        lambda form: draw_paced_day(
            [30, 90],
            [PacedMoney("甲", [0.2, 0.9], [0.5, 1.0]), PacedMoney("b", [0, 1], [0, 1])],
            step_s=43_200,
            form=form,
        ),
        ["甲", "b", "plan", "requests a minute", "hour of the day"],
    ),
    "reliability": (
        lambda form: draw_reliability({"adplat": a_reliability_curve(1, 5)}, form=form),
        ["adplat", "perfect"],
    ),
}


def words_of(svg: bytes) -> str:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    return " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize("name", FIGURES)
def test_svg_parses_keeps_text_as_text_and_is_the_same_every_time(name: str) -> None:
    draw, expected = FIGURES[name]
    svg = draw("svg")
    words = words_of(svg)
    assert all(text in words for text in expected)
    assert svg == draw("svg")
    assert b"var(--ink)" in svg or b"var(--muted)" in svg


@pytest.mark.parametrize("name", FIGURES)
def test_png_is_an_opaque_picture_with_something_on_it(name: str) -> None:
    with Image.open(io.BytesIO(FIGURES[name][0]("png"))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
        assert picture.width > 600 and (np.asarray(picture.convert("RGBA"))[..., 3] == 255).all()
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


def test_chinese_names_of_a_png_are_written_each_as_itself(caplog: pytest.LogCaptureFixture) -> None:
    """A font that lacks them writes one box for all."""
    pictures = {name: draw_click_rates([a_trace(name, 0.03, 1)], form="png") for name in ("夏末清仓", "秋季上新")}
    assert pictures["夏末清仓"] != pictures["秋季上新"]
    assert not caplog.records


def test_a_reliability_bin_without_a_click_is_drawn_by_its_upper_limit() -> None:
    bins = reliability_curve([0] * 50 + [0, 1] * 25, [0.001] * 50 + [0.4] * 50, bins=2)
    assert bins[0].positives == 0
    assert b"</svg>" in draw_reliability({"m": bins})
    assert b"</svg>" in draw_reliability({"m": bins[:1]})


def test_click_rates_by_period_and_periods_without_impressions() -> None:
    trace = a_trace("a", 0.03, 3)
    silent = replace(trace, name="silent", impressions=[0] * 56, clicks=[0] * 56)
    words = words_of(draw_click_rates([trace, silent], cumulative=False))
    assert "click rate (%)" in words and "silent" not in words


def test_the_lowest_leads_where_lower_is_better() -> None:
    metric = MetricComparison("Log loss", {"worse": 0.2, "better": 0.1}, higher_is_better=False)
    root = ElementTree.fromstring(draw_metric_comparison([metric]))  # noqa: S314 - our own drawing
    bold = [
        "".join(element.itertext())
        for element in root.iter("{http://www.w3.org/2000/svg}text")
        if "0." in "".join(element.itertext()) and "700" in element.get("style", "")
    ]
    assert bold == ["0.1000"]


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="no impression"):
        draw_click_rates([])
    with pytest.raises(TableRejected, match="not a number"):
        draw_cumulative_regret({"uniform": [0.0, float("nan")]})
    with pytest.raises(TableRejected, match="no metric"):
        draw_metric_comparison([MetricComparison("AUC", {})])
    with pytest.raises(TableRejected, match="no reliability curve"):
        draw_reliability({})
    with pytest.raises(TableRejected, match="parallel"):
        replace(a_trace("a", 0.1, 1), clicks=[1])


def test_a_paced_day_needs_a_value_for_every_step() -> None:
    with pytest.raises(TableRejected, match="unequal length"):
        draw_paced_day([30, 90], [PacedMoney("k", [0.2], [0.5, 1.0])], step_s=43_200)
    with pytest.raises(TableRejected, match="no campaign"):
        draw_paced_day([30, 90], [], step_s=43_200)
