"""FuxiCTR's models for plain rows: its layers, its base class, its training loop (``BaseModel.fit``).

The registry's wheel carries DCNv2 and FinalMLP in a variant for long histories. They are built here by their own
constructors; only the three lines that join a history to the row are left out. FinalNet is not in the wheel: it is
written from its paper on FuxiCTR's base class, embedding and activations, and has the paper's number of parameters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from fuxictr.features import FeatureMap
from fuxictr.pytorch.layers import FeatureEmbedding
from fuxictr.pytorch.models import BaseModel
from fuxictr.pytorch.torch_utils import seed_everything
from model_zoo.LongCTR.DCNv2.DCNv2 import DCNv2 as LongDCNv2
from model_zoo.LongCTR.FinalMLP.FinalMLP import FinalMLP as LongFinalMLP
from torch import Tensor, nn

from .batches import LABEL


class _PlainRows:
    """Inputs, labels and step of the base class again: the long-history variants take triples."""

    get_inputs = BaseModel.get_inputs
    get_labels = BaseModel.get_labels
    get_group_id = BaseModel.get_group_id
    train_step = BaseModel.train_step


class DCNv2(_PlainRows, LongDCNv2):
    """Cross network beside an MLP (Wang et al. 2021)."""

    def forward(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Probabilities (N, 1) under ``y_pred``."""
        row = self.embedding_layer(self.get_inputs(inputs), flatten_emb=True)
        both = torch.cat([self.crossnet(row), self.parallel_dnn(row)], dim=-1)
        return {"y_pred": self.output_activation(self.fc(both))}


class FinalMLP(_PlainRows, LongFinalMLP):
    """Two MLP streams behind feature gates, joined bilinearly (Mao et al. 2023)."""

    def forward(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Probabilities (N, 1) under ``y_pred``."""
        columns = self.get_inputs(inputs)
        first, second = self.fs_module(columns, self.embedding_layer(columns, flatten_emb=True))
        return {"y_pred": self.output_activation(self.fusion_module(self.mlp1(first), self.mlp2(second)))}


class _FactorizedLayer(nn.Module):
    """One layer of FINAL: a linear map in two halves, the second multiplied by the first, kept side by side."""

    def __init__(self, width: int, out: int, dropout: float) -> None:
        super().__init__()
        self.linear = nn.Linear(width, out)
        self.after = nn.Sequential(nn.BatchNorm1d(out), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, x: Tensor) -> Tensor:
        plain, other = self.linear(x).chunk(2, dim=-1)
        joined: Tensor = self.after(torch.cat([plain, plain * other], dim=-1))
        return joined


class _Block(nn.Sequential):
    """Factorized layers and a logit."""

    def __init__(self, width: int, hidden: list[int], dropout: float) -> None:
        widths = [width, *hidden]
        layers = [_FactorizedLayer(widths[n], size, dropout) for n, size in enumerate(hidden)]
        super().__init__(*layers, nn.Linear(hidden[-1], 1))


class _FieldGate(nn.Module):
    """Every field beside itself times a gate that sees the same coordinate of all fields; gates start at one."""

    def __init__(self, fields: int) -> None:
        super().__init__()
        self.linear = nn.Linear(fields, fields)

    def init_weights(self) -> None:
        """Called by FuxiCTR after its own initialisation."""
        nn.init.zeros_(self.linear.weight)
        nn.init.ones_(self.linear.bias)

    def forward(self, fields: Tensor) -> Tensor:
        gates = self.linear(fields.mT).mT
        return torch.cat([fields, fields * gates], dim=1).flatten(1)


class FinalNet(BaseModel):
    """FINAL(2B): two blocks that teach each other their mean (Zhu et al. 2023)."""

    def __init__(self, feature_map: Any, **told: Any) -> None:
        super().__init__(feature_map, **told)
        width = told["embedding_dim"]
        fields = feature_map.num_fields
        self.embedding_layer = FeatureEmbedding(feature_map, width)
        self.gate = _FieldGate(fields)
        self.first = _Block(2 * fields * width, told["block1_hidden_units"], told["block1_dropout"])
        self.second = _Block(fields * width, told["block2_hidden_units"], told["block2_dropout"])
        self.compile(told["optimizer"], told["loss"], told["learning_rate"])
        self.reset_parameters()
        self.model_to_device()

    def forward(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Probabilities (N, 1) under ``y_pred``, and the blocks' own."""
        fields = self.embedding_layer(self.get_inputs(inputs))
        first, second = self.first(self.gate(fields)), self.second(fields.flatten(1))
        chance = self.output_activation
        return {"y_pred": chance(0.5 * (first + second)), "y1": chance(first), "y2": chance(second)}

    def add_loss(self, return_dict: dict[str, Tensor], y_true: Tensor) -> Any:
        """Cross-entropy of the mean, and of each block with the mean as its soft label."""
        mean = return_dict["y_pred"]
        loss = self.loss_fn(mean, y_true, reduction="mean")
        for own in (return_dict["y1"], return_dict["y2"]):
            loss = loss + self.loss_fn(own, mean.detach(), reduction="mean")
        return loss


MODELS = {"DCNv2": DCNv2, "FinalMLP": FinalMLP, "FinalNet": FinalNet}


def build(name: str, names: tuple[str, ...], sizes: tuple[int, ...], told: dict[str, Any], folder: Path) -> Any:
    """A model by name with these fields; its checkpoint lies in ``folder``. ``told`` are FuxiCTR's own settings."""
    seed_everything(int(told["seed"]))
    feature_map = FeatureMap("rows", str(folder))
    feature_map.features.update(
        {
            field: {"source": "", "type": "categorical", "padding_idx": 0, "oov_idx": size - 1, "vocab_size": size}
            for field, size in zip(names, sizes, strict=True)
        }
    )
    feature_map.labels, feature_map.default_emb_dim = [LABEL], told["embedding_dim"]
    feature_map.num_fields = feature_map.get_num_fields()
    (folder / "rows").mkdir(parents=True, exist_ok=True)
    fixed = {"gpu": -1, "verbose": 0, "model_root": str(folder), "model_id": name, "metrics": ["AUC", "logloss"]}
    return MODELS[name](feature_map, **{**told, **fixed})
