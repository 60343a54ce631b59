"""What the user's past says about this item: attention, mean, and histograms of content cosines.

Everything about the history alone is computed once per distinct history (``U`` of them; one for a bid
request), only the attention and the cosines meet the ``N`` targets.
Sources: target attention after DIN (Zhou et al. 2018), histograms of similarity after SimTier (2024).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.shape import NetworkShape

_BIN_CENTRES = (-0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
_BIN_WIDTH = 0.2


class Interest(nn.Module):
    """Item fields (M', E) and histories (U, S, L) to one vector a row, shape (N, out)."""

    centres: Tensor

    def __init__(self, item_width: int, shape: NetworkShape, config: ModelConfig) -> None:
        super().__init__()
        self.sequences, self.length, width = shape.sequences, shape.length, config.interest
        self.contents = tuple(
            name for name, size in (("image", shape.image), ("text", shape.text)) if size and config.similarity
        )
        self.project = nn.Linear(item_width, width)
        self.also = nn.Linear(shape.sequences, width, bias=False)
        self.attend = nn.Sequential(nn.Linear(3 * width, width), nn.ReLU(), nn.Linear(width, 1))
        self.register_buffer("centres", torch.tensor(_BIN_CENTRES), persistent=False)
        bins = len(self.contents) * len(_BIN_CENTRES)
        self.out = shape.sequences * (2 * width + 1 + bins + shape.sequences)

    def forward(self, items: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
        """Per sequence: attended vector, mean vector, log length, share also in each sequence, histograms."""
        history, row_item, row_user = inputs["history"], inputs["row_item"], inputs["row_user"]
        past = history.flatten()
        present = (history > 0).to(torch.float32)
        count = present.sum(2)
        shared = _shared(history)
        vectors = self.project(items)
        keys = vectors.index_select(0, past).reshape(*history.shape, -1) + self.also(shared)
        keys = torch.tanh(keys) * present.unsqueeze(-1)
        some = count.clamp(min=1.0).unsqueeze(-1)
        alone = [
            (keys.sum(2) / some).flatten(1),
            torch.log1p(count) / 3.0,
            ((shared * present.unsqueeze(-1)).sum(2) / some).flatten(1),
        ]
        target = torch.tanh(vectors.index_select(0, row_item))
        meeting = [self._attended(target, keys, present, row_user).flatten(1)]
        for name in self.contents:
            content = nn.functional.normalize(inputs[f"item_{name}"], dim=1, eps=1e-6)
            real = inputs[f"item_{name}_present"]
            meeting.append(self._histogram(content, real, inputs).flatten(1))
        return torch.cat([torch.cat(alone, dim=1).index_select(0, row_user), *meeting], dim=1)

    def _attended(self, target: Tensor, keys: Tensor, present: Tensor, row_user: Tensor) -> Tensor:
        """(N, S, width). Softmax with one more, empty place: an unrelated past weighs nothing."""
        keys, present = keys.index_select(0, row_user), present.index_select(0, row_user)
        query = target.unsqueeze(1).unsqueeze(1).expand_as(keys)
        score = self.attend(torch.cat([query, keys, query * keys], dim=-1)).squeeze(-1).clamp(-10.0, 10.0)
        weight = torch.exp(score) * present
        return (weight.unsqueeze(-1) * keys).sum(2) / (1.0 + weight.sum(2)).unsqueeze(-1)

    def _histogram(self, content: Tensor, real: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
        """(N, S, bins): soft counts of cosine(target, past item) around each centre, log-scaled."""
        history, row_item, row_user = inputs["history"], inputs["row_item"], inputs["row_user"]
        past = history.flatten()
        theirs = content.index_select(0, past).reshape(*history.shape, -1)
        known = (history > 0).to(torch.float32) * real.index_select(0, past).reshape(history.shape)
        mine = content.index_select(0, row_item).unsqueeze(1).unsqueeze(1)
        cosine = (theirs.index_select(0, row_user) * mine).sum(-1, keepdim=True)
        near = torch.exp(-(((cosine - self.centres) / _BIN_WIDTH) ** 2))
        seen = known.index_select(0, row_user) * real.index_select(0, row_item).unsqueeze(1).unsqueeze(1)
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
