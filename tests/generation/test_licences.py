"""No weights paint an advertisement that their licence does not allow."""

from __future__ import annotations

import pytest

from adplat.domain import ConfigRejected
from adplat.generation import DiffusersPainter, DiffusionSettings, licence_of


@pytest.mark.parametrize("model", ["stabilityai/stable-diffusion-xl-base-1.0", "black-forest-labs/FLUX.1-schnell"])
def test_models_that_are_free_to_use_need_no_word(model: str) -> None:
    assert licence_of(model).commercial


@pytest.mark.parametrize("model", ["stabilityai/sdxl-turbo", "black-forest-labs/FLUX.1-Fill-dev"])
def test_models_that_are_not_free_are_refused_unless_the_operator_holds_a_licence(model: str) -> None:
    with pytest.raises(ConfigRejected, match="not free for commercial use"):
        DiffusersPainter(DiffusionSettings(model))
    assert DiffusersPainter(DiffusionSettings(model, licence="bought 2026", commercial_use=True)).licence.name == (
        "bought 2026"
    )


def test_of_an_unknown_model_the_operator_says_it() -> None:
    with pytest.raises(ConfigRejected, match="nothing is known"):
        licence_of("someone/something")
    with pytest.raises(ConfigRejected, match="not free"):
        licence_of("someone/something", "CC BY-NC 4.0", False)
    with pytest.raises(ConfigRejected, match="not free"):
        licence_of("someone/something", "MIT")  # what it allows was not said
    assert licence_of("someone/something", "MIT", True).name == "MIT"
