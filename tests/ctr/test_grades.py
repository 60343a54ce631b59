from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit

from adplat.ctr.grades import GradedResponse, Grades
from adplat.ctr.joint_record import EFFECT, LEAN, JointSettings, fit_joint_record
from adplat.ctr.user_facts import UserColumns
from adplat.domain import MissingInput, Outcome, TableRejected
from tests.ctr.builders import plain_block, plain_rows, quick_model, shop_schema, train_shop

GRADED = replace(shop_schema(), outcomes=(Outcome("click", "click", grade="stars"),))


def stars(values: list[float | None]) -> tuple[pl.DataFrame, np.ndarray]:
    clicked = [0 if value is None or value < 4 else 1 for value in values]
    return pl.DataFrame({"click": clicked, "stars": values}), np.array(clicked, np.float32)


def test_two_levels_are_the_logistic_regression() -> None:
    rng = np.random.default_rng(1)
    above = rng.normal(0, 1, 4000)
    clicked = (rng.random(4000) < expit(above - 0.7)).astype(np.float32)
    working = GradedResponse(Grades.of_clicks(clicked))
    for _ in range(3):
        residual, weight = working(above)
    # The threshold is the intercept that makes the chances as frequent as the clicks.
    intercept = logit(clicked.mean())
    for _ in range(20):
        chance = expit(above + intercept)
        intercept += (clicked.mean() - chance.mean()) / (chance * (1 - chance)).mean()
    assert weight == pytest.approx(chance * (1 - chance), abs=1e-6)
    assert residual == pytest.approx((clicked - chance) / weight, abs=1e-3)


def test_a_scale_teaches_more_than_yes_and_no() -> None:
    rng = np.random.default_rng(2)
    items, rows = 200, 6000
    quality, item = rng.normal(0, 0.7, items + 1), rng.integers(1, items + 1, rows)
    felt = quality[item] + rng.logistic(0, 1, rows)
    grade = np.searchsorted([-2.0, -0.8, 0.3, 1.6], felt) + 1
    clicked = (grade >= 4).astype(np.float32)
    frame = pl.DataFrame({"click": clicked, "stars": grade})
    block, seen = plain_block(items), plain_rows(item, user=rng.integers(1, 400, rows))
    settings = JointSettings(identifiers=(0,), people=UserColumns((), (), ()), seed=3)
    told = {
        name: fit_joint_record(block, seen, grades, settings).of_items(block).columns[1:, EFFECT]
        for name, grades in (("stars", Grades.of(GRADED, frame, clicked)), ("clicks", Grades.of_clicks(clicked)))
    }
    by_stars, by_clicks = (np.corrcoef(told[name], quality[1:])[0, 1] for name in ("stars", "clicks"))
    assert by_stars > by_clicks + 0.01
    # The scale is the click's own: log-odds neither blown up nor shrunk.
    slope = np.polyfit(quality[1:], told["stars"], 1)[0]
    assert 0.6 < slope < 1.1


def test_rows_without_a_grade_know_their_side() -> None:
    frame, clicked = stars([1, 2, None, 4, 5, 3])
    grades = Grades.of(GRADED, frame.with_columns(click=pl.Series([0, 0, 1, 1, 1, 0])), np.array([0, 0, 1, 1, 1, 0]))
    assert grades.levels == 5 and grades.cut == 3
    assert grades.lowest.tolist() == [0, 1, 3, 3, 4, 2] and grades.highest.tolist() == [0, 1, 4, 3, 4, 2]
    nothing = Grades.of(GRADED, frame.with_columns(stars=pl.lit(None, pl.Float64)), clicked)
    assert nothing.levels == 2 and np.array_equal(nothing.lowest, Grades.of_clicks(clicked).lowest)


def test_fine_scales_are_cut_at_their_quantiles() -> None:
    seconds = np.linspace(0, 100, 1001)
    clicked = (seconds >= 60).astype(np.float32)
    grades = Grades.of(GRADED, pl.DataFrame({"click": clicked, "stars": seconds}), clicked)
    assert grades.levels == 10 and grades.cut == 5
    assert np.array_equal(grades.lowest >= grades.cut, clicked > 0)
    assert np.bincount(grades.lowest).min() > 70


@pytest.mark.parametrize(
    ("frame", "error", "told"),
    [
        (pl.DataFrame({"click": [0, 1]}), MissingInput, "no column 'stars'"),
        (pl.DataFrame({"click": [0, 1], "stars": ["low", "high"]}), TableRejected, "instead of numbers"),
        (pl.DataFrame({"click": [0, 1, 0], "stars": [1, 4, 5]}), TableRejected, "is 5 in row 3"),
    ],
)
def test_grades_that_cannot_be_are_refused(frame: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        Grades.of(GRADED, frame, frame["click"].to_numpy().astype(np.float32))


def test_an_item_leans_on_what_its_users_are() -> None:
    """Items alike in everything but whom they please: a stranger is told apart by facts, for the very item."""
    rng = np.random.default_rng(4)
    kind, item = rng.integers(0, 2, 8000), rng.integers(1, 41, 8000)
    wanted = np.where((item % 2 == 0) == (kind == 1), 0.75, 0.25)
    clicked = (rng.random(8000) < wanted).astype(np.float32)
    user = 1 + kind + 2 * rng.integers(0, 150, 8000)
    rows = plain_rows(item, user=user, categorical=(kind[:, None] + 1).astype(np.int32))
    settings = JointSettings(identifiers=(0,), people=UserColumns((0,), (), ()), seed=3)
    record = fit_joint_record(plain_block(40), rows, Grades.of_clicks(clicked), settings)
    strangers = plain_rows(
        np.array([2, 2, 3, 3]), user=np.arange(5001, 5005), categorical=np.array([[1], [2], [1], [2]], np.int32)
    )
    lean = record.features(plain_block(40), strangers)[:, LEAN]
    assert lean[1] - lean[0] > 1.0 and lean[2] - lean[3] > 1.0


def test_a_graded_schema_trains_a_bundle(shop: Path, tmp_path: Path) -> None:
    schema = replace(shop_schema(), outcomes=(Outcome("click", "click", grade="rating"),), ignored=())
    assert train_shop(shop, tmp_path, schema, model=quick_model(record="joint")).metrics["auc"] > 0.6
