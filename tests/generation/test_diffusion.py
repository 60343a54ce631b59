"""The painter with an image model, end to end on a tiny one: saved, loaded from its folder, painted with."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from adplat.artwork import changed_pixels
from adplat.domain import ConfigRejected, MissingInput
from adplat.domain.artwork import Box, ElementKind
from adplat.domain.drafts import PaintOrder
from adplat.generation import DiffusersPainter, DiffusionSettings, compose
from adplat.generation.grounds import diffusion
from tests.generation.builders import a_bottle, a_limit, some_parts, the_bottle

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def small(tiny_model: Path) -> DiffusionSettings:
    return DiffusionSettings(
        str(tiny_model), licence="own weights", commercial_use=True, steps=2, work_px=64, local_only=True, device="cpu"
    )


@pytest.fixture(scope="module")
def painter(small: DiffusionSettings) -> DiffusersPainter:
    return DiffusersPainter(small)


def an_order(**other: object) -> PaintOrder:
    product = a_bottle().resize((60, 130))
    file = io.BytesIO()
    product.save(file, "PNG")
    order = PaintOrder(200, 160, "studio", ("#f6e7ee", "#e9bfd2"), Box(120, 16, 60, 130), 5, "", file.getvalue())
    return replace(order, **other)


def test_the_model_is_loaded_from_its_folder_and_paints_the_ordered_size(painter: DiffusersPainter) -> None:
    png, making = painter.paint(an_order())
    picture = Image.open(io.BytesIO(png))
    assert picture.size == (200, 160)
    assert picture.mode == "RGB"
    assert making.by == "diffusers inpaint"
    assert making.model.startswith("model@sha256:")
    assert making.licence == "own weights"
    assert "letters" in making.prompt.partition("| not:")[2]
    assert not making.wholly_generated


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(painter: DiffusersPainter) -> None:
    one, again, other = (painter.paint(an_order(seed=seed))[0] for seed in (5, 5, 9))
    assert one == again != other


def test_a_creative_on_a_painted_ground_has_the_products_own_pixels(painter: DiffusersPainter) -> None:
    made = compose(some_parts(), the_bottle(), a_limit(300, 250), painter)
    (standing,) = made.artwork.of_kind(ElementKind.PRODUCT)
    own = np.asarray(made.assets[standing.asset])
    (ground,) = made.artwork.of_kind(ElementKind.BACKGROUND)
    painted = np.asarray(made.assets[ground.asset])
    assert changed_pixels(painted, own, standing.box.left, standing.box.top) > 1000  # the model did repaint it
    assert changed_pixels(np.asarray(made.picture), own, standing.box.left, standing.box.top) == 0


@pytest.mark.parametrize("size", [(728, 90), (160, 600)])
def test_flat_and_narrow_canvases_are_painted_too(painter: DiffusersPainter, size: tuple[int, int]) -> None:
    order = an_order(width_px=size[0], height_px=size[1], keep=Box(5, 5, 60, 130), product_png=b"")
    assert Image.open(io.BytesIO(painter.paint(order)[0])).size == size


def test_from_words_alone_with_another_scheduler(small: DiffusionSettings) -> None:
    painter = DiffusersPainter(replace(small, task="text-to-image", scheduler="DDIMScheduler"))
    png, making = painter.paint(an_order())
    assert Image.open(io.BytesIO(png)).size == (200, 160)
    assert making.by == "diffusers text-to-image"


def test_a_painting_in_which_the_product_grew_is_tried_again_and_then_refused(
    painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []

    def grown(self: DiffusersPainter, order: PaintOrder, prompt: str, seed: int, product: Image.Image) -> np.ndarray:
        """As if the model had painted a rim of three pixels more of the product, but for the third seed."""
        seeds.append(seed)
        canvas = Image.new("RGB", (order.width_px, order.height_px), (240, 240, 240))
        larger = product.resize((product.width + 6, product.height + 6)) if seed < 7 else product
        off = (larger.width - product.width) // 2
        canvas.paste(larger.convert("RGB"), (order.keep.left - off, order.keep.top - off), larger.getchannel("A"))
        return np.array(canvas)

    monkeypatch.setattr(diffusion.DiffusersPainter, "_painted", grown)
    _png, making = painter.paint(an_order(seed=5))
    assert seeds == [5, 6, 7]
    assert making.seed == 7
    with pytest.raises(ConfigRejected, match="painted the product larger"):
        painter.paint(an_order(seed=1))


def test_what_is_not_there_is_one_clear_error(small: DiffusionSettings, tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="cannot be loaded"):
        DiffusersPainter(replace(small, model=str(tmp_path / "nothing"))).paint(an_order())
    with pytest.raises(ConfigRejected, match="no scheduler"):
        DiffusersPainter(replace(small, scheduler="NoSuchScheduler")).paint(an_order())
    with pytest.raises(ConfigRejected, match="style"):
        DiffusersPainter(small).paint(an_order(style="nosuch"))
    with pytest.raises(ConfigRejected, match="no task"):
        replace(small, task="dream")
