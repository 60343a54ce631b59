"""The product alone, or a refusal."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from adplat.domain import ConfigRejected
from adplat.generation import cut_out, palettes_by_fit
from tests.generation.builders import a_bottle, on_white


def test_an_uploaded_alpha_is_used_as_it_is() -> None:
    given = a_bottle()
    made = cut_out(given)
    assert made.by == "alpha"
    assert np.array_equal(np.asarray(made.picture), np.asarray(given.crop(given.getchannel("A").getbbox())))


@pytest.mark.parametrize("ground", [(255, 255, 255), (236, 240, 244), (70, 120, 190)])
def test_a_plain_ground_is_taken_away_and_the_product_stays(ground: tuple[int, int, int]) -> None:
    photo = on_white(a_bottle(), ground)
    made = cut_out(photo)
    assert made.by == "border"
    seen = np.asarray(made.picture)
    true = np.asarray(a_bottle().crop(a_bottle().getchannel("A").getbbox()))
    assert abs(seen.shape[0] - true.shape[0]) <= 2
    assert abs(seen.shape[1] - true.shape[1]) <= 2
    if seen.shape == true.shape:
        wrong = (seen[..., 3] > 127) != (true[..., 3] > 127)
        assert wrong.mean() < 0.01
    whole = seen[..., 3] == 255
    assert whole.mean() > 0.5


def test_pixels_inside_keep_their_bytes() -> None:
    photo = on_white(a_bottle())
    made = cut_out(photo).picture
    pixels = np.asarray(photo)
    inside = np.asarray(made)
    rows, columns = inside.shape[:2]
    for top in range(55, 75):
        for left in range(75, 90):
            there = pixels[top : top + rows, left : left + columns]
            whole = inside[..., 3] == 255
            if np.array_equal(there[whole], inside[..., :3][whole]):
                return
    pytest.fail("the whole pixels of the cut-out stand nowhere in the photo")


def test_no_light_rim_is_left_of_a_white_ground() -> None:
    """Half-seen pixels at the body's sides have its dark red, not a mix of it with the white that they stood on."""
    made = np.asarray(cut_out(on_white(a_bottle()).filter(ImageFilter.GaussianBlur(0.8))).picture)
    sides = np.concatenate([made[150:200, :12], made[150:200, -12:]], axis=1)
    half_seen = sides[(sides[..., 3] > 25) & (sides[..., 3] < 255)]
    assert len(half_seen) >= 50
    assert half_seen[:, 1].max() < 90  # green: 60 in the red, 255 in the white


def test_a_shadow_on_the_ground_is_not_part_of_the_product() -> None:
    photo = Image.new("RGB", (400, 400), "white")
    shadow = Image.new("L", photo.size)
    ImageDraw.Draw(shadow).ellipse((110, 300, 290, 340), fill=110)
    photo.paste((60, 60, 60), (0, 0), shadow.filter(ImageFilter.GaussianBlur(9)))
    ImageDraw.Draw(photo).rectangle((130, 120, 270, 318), fill=(20, 20, 24))
    made = cut_out(photo).picture
    assert made.height < 318 - 120 + 8


def test_a_busy_ground_is_refused_and_a_matting_model_is_asked_where_there_is_one() -> None:
    rng = np.random.default_rng(1)
    photo = Image.fromarray(rng.integers(0, 255, (300, 300, 3), dtype=np.uint8))
    ImageDraw.Draw(photo).ellipse((100, 100, 200, 200), fill=(200, 20, 20))
    with pytest.raises(ConfigRejected, match="cannot be told from its ground"):
        cut_out(photo)

    def matting(picture: Image.Image) -> Image.Image:
        mask = Image.new("L", picture.size)
        ImageDraw.Draw(mask).ellipse((100, 100, 200, 200), fill=255)
        return mask

    made = cut_out(photo, matting)
    assert made.by == "matting"
    assert abs(made.picture.width - 101) <= 3


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (300, 300), "white"),
        Image.new("RGB", (1, 1), "red"),
        Image.new("RGBA", (300, 300), (0, 0, 0, 0)),
        Image.new("RGBA", (10, 10), (9, 9, 9, 100)),
    ],
)
def test_pictures_without_a_product_are_refused(picture: Image.Image) -> None:
    with pytest.raises(ConfigRejected):
        cut_out(picture)


def test_ground_enclosed_by_the_product_stays_and_is_told() -> None:
    ring = a_bottle()
    ImageDraw.Draw(ring).rectangle((90, 250, 150, 330), fill=(255, 255, 255, 255))
    made = cut_out(on_white(ring))
    assert made.has_ground_inside
    assert made.picture.getpixel((100, 280)) == (255, 255, 255, 255)
    assert not cut_out(on_white(a_bottle())).has_ground_inside
    assert {palettes_by_fit(made, ("#1f6f54",))[0], palettes_by_fit(made, ("#1f6f54",))[1]} == {"light", "paper"}


def _on_a_soft_shadow(body: tuple[int, int, int], seed: int = 3) -> Image.Image:
    """A box on white with a wide pale shadow that it throws to its foot and far to the right, and a camera's noise."""
    photo = Image.new("RGB", (420, 400), "white")
    shadow = Image.new("L", photo.size)
    ImageDraw.Draw(shadow).polygon([(120, 290), (300, 260), (350, 340), (150, 350)], fill=46)
    photo.paste((70, 70, 70), (0, 0), shadow.filter(ImageFilter.GaussianBlur(14)))
    ImageDraw.Draw(photo).rounded_rectangle((110, 80, 290, 300), 20, fill=body)
    ImageDraw.Draw(photo).line((110, 190, 290, 190), fill=(60, 60, 66), width=6)
    noise = np.random.default_rng(seed).normal(0, 0.8, (400, 420, 1))
    grainy = np.asarray(photo, np.float32) + np.where(np.asarray(photo).min(axis=-1, keepdims=True) < 253, noise, 0)
    return Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8))


def test_a_pale_shadow_wider_than_the_product_is_ground() -> None:
    made = cut_out(_on_a_soft_shadow((150, 40, 50)))
    assert made.picture.width <= 181 + 4
    assert made.picture.height <= 221 + 6
    assert not made.is_doubtful


def test_a_white_product_stays_whole_and_is_told_to_be_doubtful() -> None:
    made = cut_out(_on_a_soft_shadow((243, 243, 244)))
    alpha = np.asarray(made.picture.getchannel("A"))
    assert (alpha[10:200, 10:170] == 255).all()
    assert made.is_doubtful
    assert set(palettes_by_fit(made, ("#1f6f54",))[:2]) == {"light", "paper"}


def test_a_hole_through_a_product_without_white_shows_the_new_ground() -> None:
    ring = Image.new("RGBA", (260, 260), (0, 0, 0, 0))
    ImageDraw.Draw(ring).ellipse((20, 20, 240, 240), fill=(120, 70, 40, 255))
    ImageDraw.Draw(ring).ellipse((90, 90, 170, 170), fill=(255, 255, 255, 255))
    made = cut_out(on_white(ring)).picture
    assert made.getpixel((made.width // 2, made.height // 2))[3] == 0
    assert made.getpixel((made.width // 2, 30))[3] == 255


def test_a_large_photo_is_cut_out_as_a_small_one_is() -> None:
    small = _on_a_soft_shadow((150, 40, 50))
    large = small.resize((small.width * 5, small.height * 5), Image.Resampling.BICUBIC)
    one, five = cut_out(small), cut_out(large)
    assert abs(five.picture.width - 5 * one.picture.width) <= 20
    assert abs(five.picture.height - 5 * one.picture.height) <= 20
    assert not five.is_doubtful
