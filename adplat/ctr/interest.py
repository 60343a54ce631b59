"""What the user's past says about this item: attention, mean, and histograms of content cosines.

Cut like everything else: ``PastItems`` is computed once per item, ``Memory`` once per distinct history (one for a bid
request), ``Meeting`` is all that is left for each candidate. Every modality keeps its own vectors and histogram.
Letters as in ``features.arrays``; ``U`` histories of ``S`` sequences, ``w`` the width of a remembered item.
Sources: target attention after DIN (Zhou et al. 2018), histograms of similarity after SimTier (2024).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import BIN_CENTRES, Parts, Widths

_BIN_WIDTH = 0.2


class PastItems(nn.Module):
    """Item fields (M, E) to what attention and similarity need of each item, as target and as past."""

    def __init__(self, widths: Widths, config: ModelConfig) -> None:
        super().__init__()
        self.contents = widths.contents
        self.project = nn.Linear(widths.item, config.interest)
        self.ask = nn.Linear(config.interest, config.interest)

    def forward(self, fields: Tensor, inputs: Mapping[str, Tensor]) -> Parts:
        """``key`` and ``query`` (M, w), ``asked`` (M, w); per modality a unit vector and whether it is real (M, 1)."""
        key = self.project(fields)
        query = torch.tanh(key)
        parts = {"key": key, "query": query, "asked": self.ask(query)}
        for name in self.contents:
            real = inputs[f"item_{name}_present"].unsqueeze(-1)
            parts[name] = nn.functional.normalize(inputs[f"item_{name}"], dim=1, eps=1e-6) * real
            parts[f"{name}_real"] = real
        return parts


class Memory(nn.Module):
    """Histories (U, S, L) of item rows to keys for the attention, and what a history says by itself."""

    def __init__(self, shape: NetworkShape, widths: Widths, config: ModelConfig) -> None:
        super().__init__()
        self.contents = widths.contents
        self.also = nn.Linear(shape.sequences, config.interest, bias=False)
        self.answer = nn.Linear(config.interest, config.interest, bias=False)

    def forward(self, history: Tensor, past: Mapping[str, Tensor]) -> tuple[Parts, Tensor]:
        """The parts that ``Meeting`` reads, and (U, S·(w + 1 + S)): mean, log length, share also in each sequence."""
        flat = history.flatten()

        def remembered(name: str) -> Tensor:
            return past[name].index_select(0, flat).reshape(*history.shape, -1)

        present = (history > 0).to(past["key"].dtype)
        count = present.sum(2)
        shared = _shared(history).to(present.dtype)
        keys = torch.tanh(remembered("key") + self.also(shared)) * present.unsqueeze(-1)
        some = count.clamp(min=1.0).unsqueeze(-1)
        alone = [
            (keys.sum(2) / some).flatten(1),
            torch.log1p(count) / 3.0,
            ((shared * present.unsqueeze(-1)).sum(2) / some).flatten(1),
        ]
        parts = {"keys": keys, "answered": self.answer(keys), "present": present}
        for name in self.contents:
            parts[f"past_{name}"] = remembered(name)
            parts[f"past_{name}_real"] = present * remembered(f"{name}_real").squeeze(-1)
        return parts, torch.cat(alone, dim=1)


class Meeting(nn.Module):
    """Targets (N) meet memories (N or one for all): (N, S·(w + bins of every modality))."""

    centres: Tensor

    def __init__(self, widths: Widths, config: ModelConfig) -> None:
        super().__init__()
        self.contents, width = widths.contents, config.interest
        self.meet = nn.Linear(width, width, bias=False)
        self.score = nn.Linear(width, 1)
        self.register_buffer("centres", torch.tensor(BIN_CENTRES), persistent=False)

    def forward(self, target: Mapping[str, Tensor], memory: Mapping[str, Tensor]) -> Tensor:
        """Attended past, then one histogram a modality, each per sequence."""
        met = [self._attended(target, memory).flatten(1)]
        met += [self._histogram(target, memory, name).flatten(1) for name in self.contents]
        return torch.cat(met, dim=1)

    def _attended(self, target: Mapping[str, Tensor], memory: Mapping[str, Tensor]) -> Tensor:
        """(N, S, w). Softmax with one more, empty place: an unrelated past weighs nothing."""
        keys, query, asked = memory["keys"], target["query"], target["asked"]
        both = self.meet(keys * query[:, None, None])
        score = self.score(torch.relu(both + memory["answered"] + asked[:, None, None])).squeeze(-1)
        weight = torch.exp(score.clamp(-10.0, 10.0)) * memory["present"]
        return (weight.unsqueeze(-1) * keys).sum(2) / (1.0 + weight.sum(2)).unsqueeze(-1)

    def _histogram(self, target: Mapping[str, Tensor], memory: Mapping[str, Tensor], name: str) -> Tensor:
        """(N, S, bins): soft counts of cosine(target, past item) around each centre, log-scaled."""
        cosine = torch.matmul(memory[f"past_{name}"], target[name][:, None, :, None])
        near = torch.exp(-(((cosine - self.centres) / _BIN_WIDTH) ** 2))
        seen = memory[f"past_{name}_real"] * target[f"{name}_real"].unsqueeze(-1)
        return torch.log1p((near * seen.unsqueeze(-1)).sum(2))


def _shared(history: Tensor) -> Tensor:
    """(U, S, L, S): 1 where the item at this place also stands in that other sequence, else 0."""
    columns = []
    for number in range(history.shape[1]):
        other = history[:, number].unsqueeze(1).unsqueeze(1)
        same = ((history.unsqueeze(-1) == other) & (history.unsqueeze(-1) > 0)).to(torch.float32)
        hit = same.sum(-1).clamp(max=1.0)
        columns.append(hit)
    return torch.stack(columns, dim=-1)
