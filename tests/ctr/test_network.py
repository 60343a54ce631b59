from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from adplat.ctr.calibration import LogitMap
from adplat.ctr.examples import assemble
from adplat.ctr.export import ScoringModule, export_graphs
from adplat.ctr.field_places import FieldPlace
from adplat.ctr.fit import as_tensors
from adplat.ctr.folding import fold_norms
from adplat.ctr.graphs import Graphs
from adplat.ctr.head_calibration import FieldOffsets, HeadCalibration
from adplat.ctr.network import Committee, Network
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import additive_widths
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
    users = 1 if one_user else rows
    own = {
        "categorical": below(shape.row_categorical, users),
        "bags": below(shape.row_bags, users, 2),
        "numeric": floats(users, shape.row_numeric),
        "history": rng.integers(0, 13, (users, shape.sequences, shape.length)).astype(np.int32),
    }
    all_rows = {name: np.broadcast_to(array, (rows, *array.shape[1:])).copy() for name, array in own.items()}
    arrays = plain_rows(rng.integers(1, 13, rows), **all_rows)
    return as_tensors(assemble(block, arrays, floats(rows, shape.record)))


def of_the_first_user(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same rows with the user told once."""
    pairs = ("row_item", "row_record")
    return {n: t if n.startswith("item_") or n in pairs else t[:1] for n, t in inputs.items()}


def network_of(shape: NetworkShape, seed: int = 0, **changes: Any) -> Network:
    torch.manual_seed(seed)
    network = Network(shape, quick_model(batch_norm=True, **changes))
    with torch.no_grad():  # running statistics as after some training, so that batch norm does something
        for name, buffer in network.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                buffer.uniform_(0.5, 1.5)
    return network.eval()


KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wide sides that meet in products": {
        "user_layers": (12,),
        "item_layers": (9, 5),
        "dots": 3,
        "dot_width": 4,
        "cross_layers": 0,
    },
    "deep crossing": {"cross_layers": 3, "hidden": (8, 6, 4)},
    "gates and experts": {"gate": True, "experts": 3, "hidden": (8, 5)},
}


def calibration_of(shape: NetworkShape, head: str) -> HeadCalibration:
    """A bent map, and offsets for one field of every side that has any."""
    rng = np.random.default_rng(len(head))
    places = [FieldPlace("i", "item", 0)] if shape.item_categorical else []
    places += [FieldPlace("r", "row", len(shape.row_categorical) - 1)] if shape.row_categorical else []
    fields = tuple(FieldOffsets(place, (0.0, *rng.normal(size=place.size(shape) - 1).tolist())) for place in places)
    return HeadCalibration(LogitMap(0.2, (0.5, 1.5), (0.1,)), fields)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_three_graphs_say_what_torch_says(shape: NetworkShape, kind: dict[str, Any], tmp_path: Path) -> None:
    shape = replace(shape, item_id_columns=(0,)) if shape.item_categorical else shape
    maps = {name: calibration_of(shape, name) for name in ("click", "conversion")[: shape.heads]}
    module = ScoringModule(Committee([network_of(shape, 1, **kind), network_of(shape, 2, **kind)]), maps).eval()
    export_graphs(module, shape, inputs_for(shape, 5), tmp_path)
    graphs = Graphs.open(tmp_path, threads=1)
    for rows, one_user in ((1, True), (32, True), (2, False), (300, False)):
        inputs = inputs_for(shape, rows, one_user=one_user, seed=rows)
        with torch.inference_mode():
            wanted = module(inputs).numpy()
        told = of_the_first_user(inputs) if one_user else inputs
        arrays = {name: tensor.numpy() for name, tensor in told.items()}
        items = graphs.items(arrays)
        found = graphs.cross(items, graphs.users(arrays, items), arrays)
        assert found.shape == (rows, shape.heads)
        assert np.abs(found - wanted).max() <= 1e-5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_user_told_once_scores_like_the_same_user_repeated(kind: dict[str, Any]) -> None:
    network = network_of(RICH, **kind)
    repeated = inputs_for(RICH, 6, one_user=True)
    once = of_the_first_user(repeated)
    assert network(once).detach().numpy() == pytest.approx(network(repeated).detach().numpy(), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_folded_batch_norm_changes_no_score(kind: dict[str, Any]) -> None:
    network, inputs = network_of(RICH, **kind), inputs_for(RICH, 20)
    before = network(inputs)
    fold_norms(network)
    assert not any(isinstance(layer, torch.nn.BatchNorm1d) for layer in network.modules())
    assert network(inputs).detach().numpy() == pytest.approx(before.detach().numpy(), abs=1e-5)


def test_shares_of_a_linear_map_add_up_to_the_whole_map() -> None:
    config = quick_model(cross_layers=1, hidden=(7,), embedding_dropout=0.0)
    network = network_of(RICH)
    outs, widths = additive_widths(RICH, config, network.crossing.widths), network.crossing.widths
    parts = [network.item_side.shares, network.user_side.shares, network.crossing.shares]
    sizes = [widths.item, widths.user, widths.pair]
    values = [torch.randn(4, size) for size in sizes]
    for name in outs:
        added = sum(part(name, value, value) for part, value in zip(parts, values, strict=True))
        weight = torch.cat([part.maps[name].weight for part in parts], dim=1)
        whole = torch.cat(values, dim=1) @ weight.T + network.user_side.shares.biases[name]
        assert added.detach().numpy() == pytest.approx(whole.detach().numpy(), abs=1e-5)


def test_an_unknown_identifier_leans_on_content_and_the_gate_decides_how_far() -> None:
    shape = replace(RICH, item_id_columns=(0,))
    network = network_of(shape, gate=True)
    gate = network.item_side.gates["0"]
    identifier, content = torch.ones(5, 4), torch.randn(5, 6)
    with torch.no_grad():
        gate.gate.weight.zero_()
        gate.gate.bias.fill_(30.0)
        assert torch.allclose(gate(identifier, content), identifier)
        gate.gate.bias.fill_(-30.0)
        assert torch.allclose(gate(identifier, content), gate.stand_in(content))


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
