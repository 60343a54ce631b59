"""Drafts scored by a bundle: an interval for the audience, the known creatives most like them, what lowers them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from PIL import Image, ImageFilter

from adplat.artwork import clutter, faintest_letters
from adplat.ctr import KeptBundle
from adplat.data.lake import require_lake
from adplat.domain import Artwork, Box, ConfigRejected, Element, ElementKind, MissingInput
from adplat.flows.draft_creatives import MadeDraft
from adplat.flows.predict_creative import end_of_lake
from adplat.flows.response_evidence import sample_openings
from adplat.flows.score_drafts import of_segment, score_drafts, with_what_lowers
from tests.flows.draft_rig import BRIEF, a_round, of
from tests.flows.model_market import ModelMarket, quiet


@pytest.fixture(scope="module")
def scored(market: ModelMarket) -> tuple[MadeDraft, ...]:
    made = a_round(of(placements=("iab_300x250",)), variants=3).made
    bundle = Path(market.first.path)
    brief = replace(BRIEF, segment={"gender": "f"})
    return score_drafts(made, brief, bundle, market.world, market.folder / "cache", quiet)


def test_each_draft_has_an_interval_its_nearest_and_the_bundle(
    scored: tuple[MadeDraft, ...], market: ModelMarket
) -> None:
    known = set(pl.read_parquet(market.world / "catalogue" / "creatives.parquet")["creative_id"].to_list())
    assert len(scored) == 3
    for one in scored:
        assert one.draft.p_click is not None
        low, middle, high = one.draft.p_click
        assert 0.0 < low < middle < high < 1.0
        assert len(one.draft.nearest) == 3 and set(one.draft.nearest) <= known
        assert one.draft.bundle_id == market.first.bundle_id


def test_an_audience_is_the_people_it_names_and_no_others(market: ModelMarket) -> None:
    kept, lake = KeptBundle.open(Path(market.first.path)), require_lake(market.world)
    openings = sample_openings(lake, end_of_lake(lake), 5_000)
    women = of_segment(openings, {"gender": "f"}, kept, market.world)
    users = pl.read_parquet(market.world / "catalogue" / "users.parquet")
    of_them = set(users.filter(pl.col("gender") == "f")["user_key"].to_list())
    assert 0 < women.height < openings.height and set(women["user_key"].to_list()) <= of_them
    phones = of_segment(openings, {"device": str(openings["device"][0])}, kept, market.world)
    assert set(phones["device"].unique().to_list()) == {openings["device"][0]}
    with pytest.raises(ConfigRejected, match="does not tell 'shoe_size'"):
        of_segment(openings, {"shoe_size": "42"}, kept, market.world)
    with pytest.raises(ConfigRejected, match="so few say nothing"):
        of_segment(openings, {"gender": "martian"}, kept, market.world)


def test_a_place_without_a_lake_is_refused(market: ModelMarket, tmp_path: Path) -> None:
    made = a_round(of(placements=("iab_300x250",)), variants=1).made
    with pytest.raises(MissingInput):
        score_drafts(made, BRIEF, Path(market.first.path), tmp_path, tmp_path / "cache", quiet)


def test_what_lowers_a_draft_is_said(scored: tuple[MadeDraft, ...]) -> None:
    base, other, third = scored
    worse = replace(other, draft=replace(other.draft, p_click=(0.01, 0.018, 0.03)))
    plain = {"clutter": 0.05, "faintest_letters": {"kind": "body", "ratio": 12.0}}
    told = with_what_lowers(
        [
            replace(base, draft=replace(base.draft, p_click=(0.01, 0.02, 0.03)), sidecar=plain),
            replace(worse, sidecar=plain | {"faintest_letters": {"kind": "price", "ratio": 4.8}}),
            replace(third, draft=replace(third.draft, p_click=(0.01, 0.02, 0.03)), sidecar=plain | {"clutter": 0.2}),
        ]
    )
    assert told[0].draft.lowered_by == ()
    assert told[1].draft.lowered_by == (
        f"its headline: the model gives it 10% fewer clicks than the base {base.draft.draft_id}",
        "the letters of its price stand out by 4.8 to 1 only",
    )
    assert told[2].draft.lowered_by == ("it is busy: edges on 20% of it, 5% is usual among these drafts",)


def test_clutter_and_the_faintest_letters_are_measured() -> None:
    noise = Image.effect_noise((300, 250), 90).convert("RGB")
    busy, softer = clutter(noise), clutter(noise.filter(ImageFilter.GaussianBlur(1)))
    assert clutter(Image.new("RGB", (300, 250), "#336699")) == 0.0 <= softer < busy
    dark = Element("h", ElementKind.HEADLINE, Box(10, 10, 200, 40), "Tea for two", 24, colour="#000000")
    pale = Element("b", ElementKind.BODY, Box(10, 60, 200, 40), "Six hours hot", 18, colour="#bbbbbb")
    found = faintest_letters(Artwork(300, 250, (dark, pale)), {})
    assert found is not None and found[0] == "body" and 1.8 < found[1] < 2.0
    assert faintest_letters(Artwork(300, 250, ()), {}) is None
