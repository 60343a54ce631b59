from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adplat.domain import ConfigRejected
from adplat.flows.predict_creative import predict_creative
from adplat.forecast import NewCreative
from tests.flows.model_market import ModelMarket, quiet


def catalogue_of(market: ModelMarket) -> pl.DataFrame:
    return pl.read_parquet(market.world / "catalogue" / "creatives.parquet").sort("creative_id")


def predicted(market: ModelMarket, folder: Path, creative: NewCreative, **options: Any) -> dict[str, Any]:
    return predict_creative(
        market.world,
        creative,
        Path(market.first.path),
        image_folder=folder,
        cache_dir=market.folder / "cache",
        progress=quiet,
        **options,
    )


def copied(market: ModelMarket, folder: Path, row: dict[str, Any]) -> NewCreative:
    """A creative with the picture and words of a known one."""
    shutil.copy(market.world / row["image_path"], folder / "mine.png")
    return NewCreative(row["headline"], row["body"], row["cta"], "mine.png", row["language"], row["category"])


def test_a_copy_of_a_known_creative_is_most_like_it(market: ModelMarket, tmp_path: Path) -> None:
    row = catalogue_of(market).row(2, named=True)
    told = predicted(market, tmp_path, copied(market, tmp_path, row), advertiser_id=row["advertiser_id"])
    nearest = told["neighbours"][0]
    assert nearest["creative_id"] == row["creative_id"]
    assert nearest["similarity"] == pytest.approx(1.0, abs=1e-3)
    assert nearest["ctr"] == nearest["clicks"] / nearest["impressions"]
    assert [one["similarity"] for one in told["neighbours"]] == sorted(
        (one["similarity"] for one in told["neighbours"]), reverse=True
    )
    assert 0.0 < told["ctr"]["p10"] < told["ctr"]["p50"] < told["ctr"]["p90"] < 1.0
    assert told["cvr"]["p10"] < told["cvr"]["p90"]
    assert {one["element"] for one in told["elements"]} == {"headline", "body", "cta", "image"}
    assert all(0.0 <= one["better_than_share"] <= 1.0 for one in told["elements"])


def test_an_element_that_it_has_not_is_not_judged(market: ModelMarket, tmp_path: Path) -> None:
    told = predicted(market, tmp_path, NewCreative("Fresh today"))
    assert [one["element"] for one in told["elements"]] == ["headline"]
    assert told["neighbours"][0]["image_similarity"] is None
    assert told["inputs"]["bundle_id"] == market.first.bundle_id


def test_a_placement_can_be_asked_for_and_an_unknown_one_is_refused(market: ModelMarket, tmp_path: Path) -> None:
    told = predicted(market, tmp_path, NewCreative("Fresh today"), placement="home_600x500")
    assert told["inputs"]["placement"] == "home_600x500"
    assert 0 < told["inputs"]["openings"] <= 2_000
    with pytest.raises(ConfigRejected, match="home_600x500"):
        predicted(market, tmp_path, NewCreative("Fresh today"), placement="moon")
