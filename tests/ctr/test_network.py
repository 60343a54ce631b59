from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from adplat.ctr.calibration import LogitMap
from adplat.ctr.examples import assemble
from adplat.ctr.export import ScoringModule, export_onnx
from adplat.ctr.fit import as_tensors
from adplat.ctr.network import Committee, Network
from adplat.ctr.scorer import open_session
from adplat.ctr.shape import NetworkShape
from tests.ctr.builders import plain_block, plain_rows, quick_model

RICH = NetworkShape(
    item_categorical=(13,),
    item_bags=(6,),
    row_categorical=(4, 5),
    row_bags=(3,),
    item_numeric=2,
    row_numeric=1,
    image=4,
    text=3,
    sequences=2,
    length=5,
    record=4,
    heads=2,
)
SHAPES = {
    "rich": RICH,
    "no content": RICH.without_content(),
    "identifiers of the row alone": NetworkShape(row_categorical=(4, 5)),
    "image alone": NetworkShape(image=4),
    "no history": NetworkShape(item_categorical=(13,), text=3, record=4),
}


def inputs_for(shape: NetworkShape, rows: int, *, one_user: bool = False, seed: int = 0) -> dict[str, Tensor]:
    """Random inputs of this shape over a catalogue of twelve items."""
    rng = np.random.default_rng(seed)

    def floats(*size: int) -> np.ndarray:
        return rng.normal(size=size).astype(np.float32)

    def below(sizes: tuple[int, ...], *more: int) -> np.ndarray:
        columns = [rng.integers(0, size, (more[0], *more[1:])) for size in sizes]
        return np.stack(columns, axis=1).astype(np.int32) if columns else np.zeros((more[0], 0, *more[1:]), np.int32)

    block = plain_block(
        12,
        categorical=below(shape.item_categorical, 13),
        bags=below(shape.item_bags, 13, 3),
        numeric=floats(13, shape.item_numeric),
        image=floats(13, shape.image),
        image_present=np.r_[0.0, np.ones(12)].astype(np.float32),
        text=floats(13, shape.text),
        text_present=np.r_[0.0, np.ones(12)].astype(np.float32),
    )
    history = rng.integers(0, 13, (1 if one_user else rows, shape.sequences, shape.length)).astype(np.int32)
    arrays = plain_rows(
        rng.integers(1, 13, rows),
        categorical=below(shape.row_categorical, rows),
        bags=below(shape.row_bags, rows, 2),
        numeric=floats(rows, shape.row_numeric),
        history=np.broadcast_to(history, (rows, *history.shape[1:])),
    )
    return as_tensors(assemble(block, arrays, floats(rows, shape.record)))


def network_of(shape: NetworkShape, seed: int = 0) -> Network:
    torch.manual_seed(seed)
    return Network(shape, quick_model(batch_norm=True)).eval()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_onnx_says_what_torch_says_for_any_number_of_rows(shape: NetworkShape, tmp_path) -> None:  # type: ignore[no-untyped-def]
    maps = {name: LogitMap(0.2, (0.5, 1.5), (0.1,)) for name in ("click", "conversion")[: shape.heads]}
    module = ScoringModule(Committee([network_of(shape, 1), network_of(shape, 2)]), maps).eval()
    export_onnx(module, shape, inputs_for(shape, 5), tmp_path / "scorer.onnx")
    session = open_session(tmp_path / "scorer.onnx", threads=1)
    read = {entry.name for entry in session.get_inputs()}
    for rows, one_user in ((1, True), (32, True), (2, False), (700, False)):
        inputs = inputs_for(shape, rows, one_user=one_user, seed=rows)
        found = session.run(None, {name: inputs[name].numpy() for name in read})[0]
        with torch.inference_mode():
            wanted = module(inputs).numpy()
        assert found.shape == (rows, shape.heads)
        assert np.abs(found - wanted).max() <= 1e-5


def test_one_shared_history_scores_like_the_same_history_repeated() -> None:
    network = network_of(RICH)
    shared = inputs_for(RICH, 6, one_user=True)
    assert len(shared["history"]) == 1
    repeated = shared | {
        "history": shared["history"].repeat(6, 1, 1),
        "row_user": torch.arange(6, dtype=torch.int32),
    }
    assert network(shared).detach().numpy() == pytest.approx(network(repeated).detach().numpy(), abs=1e-6)


@pytest.mark.parametrize("name", ["image", "text"])
def test_a_vector_behind_flag_zero_changes_nothing(name: str) -> None:
    network = network_of(RICH)
    gone = inputs_for(RICH, 6)
    gone[f"item_{name}_present"] = torch.zeros_like(gone[f"item_{name}_present"])
    other = gone | {f"item_{name}": gone[f"item_{name}"] + 5.0}
    present = gone | {f"item_{name}_present": torch.ones_like(gone[f"item_{name}_present"])}
    assert torch.equal(network(gone), network(other))
    assert not torch.allclose(network(gone), network(present))


def test_padding_at_the_end_of_a_history_changes_nothing() -> None:
    network = network_of(RICH)
    inputs = inputs_for(RICH, 4)
    inputs["history"][:, :, 2:] = 0
    longer = torch.cat([inputs["history"], torch.zeros(4, 2, 3, dtype=torch.int32)], dim=2)
    assert network(inputs | {"history": longer}).detach().numpy() == pytest.approx(
        network(inputs).detach().numpy(), abs=1e-6
    )
