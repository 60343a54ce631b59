"""Pictures that cannot be opened and words in any script: trained on, reported, never in the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml
from PIL import Image

from adplat.cli import run
from adplat.features import load_items

WORDS = [
    "春季新款连衣裙",
    "أحذية رياضية جديدة",
    "Кроссовки на распродаже",
    "รองเท้าใหม่",
    "👟🔥 新しい靴",
    "שמלת קיץ",
    "e\u0301le\u0301gant\u200d\ufeff",
    "\u202eright to left\u202c\x00",
    "",
    "   ",
]


@pytest.fixture
def strange(shop: Path, tmp_path: Path) -> Path:
    """The small shop with words in many scripts and two broken pictures among twenty."""
    folder = Path(shutil.copytree(shop, tmp_path / "shop"))
    (folder / "images").mkdir()
    for number in range(20):
        Image.new("RGB", (8, 8), (number * 12, 90, 40)).save(folder / "images" / f"{number}.png")
    (folder / "images" / "3.png").write_bytes(b"not a picture")
    (folder / "images" / "4.png").unlink()
    items = pl.DataFrame(
        {
            "item_id": range(20),
            "words": [WORDS[number % len(WORDS)] for number in range(20)],
            "image": [f"images/{number}.png" for number in range(20)],
        }
    )
    items.write_parquet(folder / "items.parquet")
    schema = yaml.safe_load((folder / "schema.yaml").read_text())
    schema["tables"] = [{"name": "items", "file": "items.parquet", "key": "item_id", "role": "item"}]
    schema["features"] += [
        {"name": "words", "kind": "text", "table": "items"},
        {"name": "image", "kind": "image", "table": "items"},
    ]
    (folder / "schema.yaml").write_text(yaml.safe_dump(schema, sort_keys=False))
    config = yaml.safe_load((folder / "train.yaml").read_text())
    config["encoders"] = {"image": "hashing", "text": "hashing", "image_dimension": 4, "text_dimension": 4}
    (folder / "train.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    return folder


def test_broken_pictures_become_flagged_zero_vectors_with_a_row_in_the_report(
    strange: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", strange / "train.yaml", "--data", strange, "--out", tmp_path / "b", "--cache", tmp_path / "c"]
    assert run([*(str(word) for word in words), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    reported = {(problem["item_id"], problem["column"]): problem["reason"] for problem in told["unreadable"]}
    assert "corrupt" in reported["3", "image"]
    assert "no such file" in reported["4", "image"]
    assert {item for item, column in reported if column == "words"} == {"8", "9", "18", "19"}
    items = load_items(Path(told["bundle"]))
    rows = items.rows_of(["3", "4", "5"])
    assert items.image_present[rows].tolist() == [0.0, 0.0, 1.0]
    assert not items.image[rows[:2]].any()
    assert {(problem.item_id, problem.column) for problem in items.encoding_report} == set(reported)

    out = tmp_path / "scores.parquet"
    assert run([str(word) for word in ("score", told["bundle"], "--data", strange / "rows.parquet", "--out", out)]) == 0
    assert pl.read_parquet(out)["p_ctr"].is_finite().all()
    assert run([str(word) for word in words]) == 0
    assert "images or texts gave no vector" in capsys.readouterr().err
