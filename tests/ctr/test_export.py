"""Every shipped config, at its real widths with small vocabularies: the exported graphs say what torch says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from adplat.ctr import read_train_config
from adplat.ctr.calibration import LogitMap
from adplat.ctr.config import TrainConfig
from adplat.ctr.export import ScoringModule, export_graphs
from adplat.ctr.familiarity import FAMILIARITY_WIDTH
from adplat.ctr.graphs import Graphs
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.int8_tables import with_int8_tables
from adplat.ctr.item_record import RECORD_WIDTH
from adplat.ctr.network import Committee, Network
from adplat.ctr.shape import NetworkShape
from adplat.data import read_feature_schema
from adplat.domain import FeatureSchema
from adplat.features import Layout
from tests.ctr.test_network import inputs_for, of_the_first_user

CONFIGS = sorted((Path(__file__).resolve().parents[2] / "configs" / "ctr").glob("*.yaml"))
VALUES = 11  # of every categorical feature


def shape_of(schema: FeatureSchema, config: TrainConfig) -> NetworkShape:
    layout = Layout(schema)
    pair = 0 if config.model.familiarity == "none" else FAMILIARITY_WIDTH
    return NetworkShape(
        item_categorical=(VALUES,) * len(layout.item.categorical),
        item_bags=(VALUES,) * len(layout.item.bags),
        row_categorical=(VALUES,) * len(layout.row.categorical),
        row_bags=(VALUES,) * len(layout.row.bags),
        item_numeric=len(layout.item.numeric),
        row_numeric=len(layout.row.numeric),
        image=config.encoders.image_dimension if layout.images else 0,
        text=config.encoders.text_dimension if layout.texts else 0,
        sequences=len(layout.sequences),
        length=layout.history_length,
        record=pair + (0 if config.model.record == "none" else RECORD_WIDTH),
        pair=pair,
        heads=1 + (schema.outcome("conversion") is not None),
    )


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_graphs_of_every_config_equal_torch_and_the_user_told_once_equals_repeated(path: Path, tmp_path: Path) -> None:
    config, schema_path = read_train_config(path)
    shape = shape_of(read_feature_schema(schema_path), config)
    torch.manual_seed(0)
    committee = Committee([Network(shape, config.model) for _ in range(config.model.members)]).eval()
    if config.export.tables == "int8":
        committee = with_int8_tables(committee)
    heads = ("click", "conversion")[: shape.heads]
    module = ScoringModule(committee, {name: HeadCalibration(LogitMap(0.1, (0.8, 1.2), (0.0,))) for name in heads})
    export_graphs(module.eval(), shape, inputs_for(shape, 5), tmp_path)
    graphs = Graphs.open(tmp_path, threads=1)
    repeated, many_users = inputs_for(shape, 40, one_user=True, seed=1), inputs_for(shape, 40, seed=2)
    found = []
    for inputs in (repeated, of_the_first_user(repeated), many_users):
        arrays = {name: tensor.numpy() for name, tensor in inputs.items()}
        items = graphs.items(arrays)
        found.append(graphs.cross(items, graphs.users(arrays, items), arrays))
    with torch.inference_mode():
        wanted = [module(repeated).numpy(), module(many_users).numpy()]
    assert np.abs(found[0] - wanted[0]).max() <= 1e-5
    assert np.abs(found[2] - wanted[1]).max() <= 1e-5
    assert np.abs(found[0] - found[1]).max() <= 1e-6
    assert np.ptp(wanted[1][:, 0]) > 0
