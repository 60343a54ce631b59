"""Uploads reviewed: one picture, copy alone, a folder in which some files do not open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from adplat.artwork import UploadRefused
from adplat.domain import ConfigRejected, MissingInput, ReviewVerdict, UnknownReference
from adplat.flows.bench_run import silent
from adplat.flows.review_files import read_copy, review_files, reviews_document


def picture(path: Path, size: tuple[int, int] = (300, 250)) -> Path:
    Image.new("RGB", size, "#335577").save(path)
    return path


def test_a_plain_picture_of_the_right_size_passes_and_says_what_was_not_looked_at(tmp_path: Path) -> None:
    (one,) = review_files(picture(tmp_path / "a.png"), "iab_300x250", silent, read_letters=False)
    assert one.review.verdict is ReviewVerdict.PASS
    told = one.as_json()
    assert told["verdict"] == "pass"
    assert told["findings"] == []
    assert "turned off" in told["not_looked"]["picture.contrast"]


def test_a_picture_of_a_wrong_size_fails_with_evidence_and_fix(tmp_path: Path) -> None:
    (one,) = review_files(picture(tmp_path / "a.png", (301, 250)), "iab_300x250", silent, read_letters=False)
    (finding,) = one.as_json()["findings"]
    assert finding["rule"] == "file.size"
    assert finding["severity"] == "fail"
    assert "301 × 250" in finding["evidence"]
    assert finding["fix"]


def test_a_folder_is_reviewed_file_by_file_and_a_broken_one_stops_no_other(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "a.yaml").write_text("headline: 'Cold all day!!!'\n", encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"<svg></svg>")
    (tmp_path / "c.yaml").write_text("headline: ['Cold all day']\n", encoding="utf-8")
    reviews = review_files(tmp_path, "iab_300x250", silent, read_letters=False)
    assert [one.path.name for one in reviews] == ["a.png", "b.png", "c.yaml"]
    rules = [{finding["rule"] for finding in one.as_json()["findings"]} for one in reviews]
    assert "editorial.punctuation" in rules[0]
    assert rules[1] == {"file.opens"}
    assert reviews_document(reviews)["verdicts"]["fail"] == 2


def test_bad_input_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownReference, match="did you mean 'iab_300x250'"):
        review_files(picture(tmp_path / "a.png"), "iab_300x25", silent)
    with pytest.raises(MissingInput):
        review_files(tmp_path / "nobody.png", "iab_300x250", silent)
    (tmp_path / "b.png").write_bytes(b"%PDF-1.4")
    with pytest.raises(UploadRefused, match="PDF"):
        review_files(tmp_path / "b.png", "iab_300x250", silent)
    copy = tmp_path / "long.yaml"
    copy.write_text(f"headline: '{'x' * 10_001}'\n", encoding="utf-8")
    with pytest.raises(ConfigRejected, match="10,001 characters"):
        read_copy(copy)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingInput, match="nothing to review"):
        review_files(tmp_path / "empty", "iab_300x250", silent)
