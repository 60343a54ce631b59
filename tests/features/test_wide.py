"""Wide rows: pieces, style and numbers that say the same whatever stands beside them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema, Outcome
from adplat.features import EncoderConfig, WideConfig, WideEncoding
from adplat.features.pieces import PieceRule, PieceWeights
from adplat.features.style import STYLE, style_of


def fitted(schema: FeatureSchema, config: WideConfig, rows: pl.DataFrame) -> WideEncoding:
    return WideEncoding.fit(schema, config, EncoderConfig(text="none"), rows, None, lambda *_: None)


def test_words_are_counted_with_their_neighbours_and_marks() -> None:
    assert list(PieceRule("words", 2).pieces("Don't stop!")) == ["don't", "stop", "!", "don't stop", "stop !"]
    assert list(PieceRule("characters", 2).pieces("ab")) == [" a", "ab", "b "]
    assert list(PieceRule("whole").pieces("")) == []


def test_a_piece_of_one_text_alone_says_nothing() -> None:
    weights = PieceWeights.fit(PieceRule("words", 1, 2**16), ["red shoes", "blue shoes", "blue hats"])
    wide = weights.apply(["red", "shoes", "shoes blue", ""])
    assert np.asarray(wide.multiply(wide).sum(axis=1)).ravel() == pytest.approx([0.0, 1.0, 1.0, 0.0])
    assert (wide.toarray() > 0).sum(axis=1).tolist() == [0, 1, 2, 0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_a_text_reads_the_same_whatever_it_stands_beside(texts: list[str]) -> None:
    weights = PieceWeights.fit(PieceRule("characters", 4, 512), [*texts, *texts[::-1]])
    together = weights.apply(texts).toarray()
    for place, text in enumerate(texts):
        assert (weights.apply([text]).toarray()[0] == together[place]).all()
        assert (style_of([text])[0] == style_of(texts)[place]).all()
    assert np.isfinite(style_of(texts)).all()


def test_style_counts_what_its_names_say() -> None:
    told = dict(zip(STYLE, style_of(["You won't BELIEVE these 3 secrets... Why?"])[0], strict=True))
    assert (told["you"], told["negations"], told["capitals"], told["digits"]) == (1, 1, 1, 1)
    assert (told["ellipses"], told["questions"], told["asking"], told["pointing"]) == (1, 1, 1, 1)
    assert not style_of([""]).any()


def test_a_scale_of_nothing_leaves_a_block_without_a_say() -> None:
    schema = FeatureSchema("s", (Feature("line", FeatureKind.TEXT),), (Outcome("click", "click"),))
    rows = pl.DataFrame({"line": ["one two", "two three?", None]})
    config = WideConfig(buckets=64, wording=0, identity=0, style=0)
    wide = fitted(schema, config, rows).apply(rows, None, lambda *_: None)
    assert not wide.times(np.ones(wide.width)).any()


def test_features_that_it_cannot_read_are_refused() -> None:
    schema = FeatureSchema("s", (Feature("photo", FeatureKind.IMAGE),), (Outcome("click", "click"),))
    with pytest.raises(ConfigRejected, match="photo"):
        fitted(schema, WideConfig(), pl.DataFrame({"photo": ["a.png"]}))
