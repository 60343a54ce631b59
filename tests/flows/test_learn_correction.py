"""Results of ``forecast run`` with what came of them become a correction, and only such."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import Metric, MissingInput, TableRejected
from adplat.flows.learn_correction import learn_correction_file, past_of_rows
from adplat.forecast import correction_of_bytes
from tests.flows.campaign_market import silent
from tests.flows.past_forecasts import past


def test_forecasts_that_were_too_low_are_raised(tmp_path: Path) -> None:
    path, out = tmp_path / "past.jsonl", tmp_path / "correction.json"
    path.write_text("\n".join(json.dumps(row) for row in past(60, 2.0)))
    document = learn_correction_file(path, out, silent)
    assert document["campaigns"] == 60
    clicks = document["metrics"]["clicks"]
    assert (clicks["way"], clicks["campaigns"], clicks["judged"]) == ("offsets", 60, 45)
    assert clicks["loss_after"] < 0.9 * clicks["loss_before"]
    assert document["metrics"]["spend_micros"]["way"] == "none"
    correction = correction_of_bytes(out.read_bytes(), where="out")
    assert 0.9 < correction.metrics[Metric.CLICKS].offset < np.log(2.0) / 0.3


def test_refusals_teach_nothing() -> None:
    assert past_of_rows([{"forecast": {"refused": True}, "actual": {}}], where="rows") is None


def test_forecasts_that_were_right_are_told_as_they_are(tmp_path: Path) -> None:
    path, out = tmp_path / "past.jsonl", tmp_path / "correction.json"
    path.write_text("\n".join(json.dumps(row) for row in past(400, 1.0, spread=0.3)))
    document = learn_correction_file(path, out, silent)
    clicks = document["metrics"]["clicks"]
    assert (clicks["way"], document["correction_id"]) == ("none", "")
    assert clicks["loss_after"] >= 0.998 * clicks["loss_before"]
    # One that helped once is no longer taken.
    assert not correction_of_bytes(out.read_bytes(), where="out").metrics


def test_a_forecast_that_did_not_tell_a_metric_keeps_no_other_from_teaching_it(tmp_path: Path) -> None:
    rows = past(60, 2.0)
    del rows[3]["forecast"]["raw"]["laws"]["clicks"]
    path = tmp_path / "past.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    document = learn_correction_file(path, tmp_path / "correction.json", silent)
    assert document["metrics"]["clicks"]["campaigns"] == 59


def test_too_few_campaigns_write_nothing_and_leave_what_is_there(tmp_path: Path) -> None:
    path, out = tmp_path / "past.jsonl", tmp_path / "correction.json"
    path.write_text("\n".join(json.dumps(row) for row in past(39, 2.0)))
    out.write_text("what was learned before")
    document = learn_correction_file(path, out, silent)
    assert (document["correction"], document["correction_id"], document["campaigns"]) == (None, "", 39)
    assert out.read_text() == "what was learned before"


@pytest.mark.parametrize("line", ["no JSON", '{"forecast": {"refused": false}, "actual": {}}'])
def test_a_line_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "past.jsonl"
    path.write_text(line)
    with pytest.raises(TableRejected):
        learn_correction_file(path, tmp_path / "out.json", silent)
    assert not (tmp_path / "out.json").exists()
    with pytest.raises(MissingInput):
        learn_correction_file(tmp_path / "none", tmp_path / "out.json", silent)
