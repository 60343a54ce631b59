from __future__ import annotations

import numpy as np
import pytest
import torch

from adplat.ctr.embedding import FusedEmbedding
from adplat.ctr.rowwise import RowwiseAdam


def table(*, by_rows: bool, categorical: tuple[int, ...] = (5, 7), bags: tuple[int, ...] = (4,)) -> FusedEmbedding:
    torch.manual_seed(3)
    made = FusedEmbedding(categorical, bags, 3).train()
    made.train_rows(by_rows)
    return made


def inputs(rows: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(0)
    categorical = np.column_stack([rng.integers(0, 5, rows), rng.integers(0, 7, rows)]).astype(np.int32)
    return torch.from_numpy(categorical), torch.from_numpy(rng.integers(0, 4, (rows, 1, 2)).astype(np.int32))


def loss_of(embedding: FusedEmbedding) -> torch.Tensor:
    fields = torch.cat(embedding(*inputs()), dim=1)
    return (fields * torch.arange(fields.numel(), dtype=torch.float32).reshape(fields.shape)).sum()


def test_rows_and_whole_give_the_same_values_and_gradients() -> None:
    whole, rows = table(by_rows=False), table(by_rows=True)
    first, second = loss_of(whole), loss_of(rows)
    assert torch.equal(first, second)
    first.backward()
    second.backward()
    gradient = torch.zeros_like(whole.table.weight)
    for touched in rows.take_touched():
        assert len(touched.rows.unique()) == len(touched.rows)
        gradient.index_add_(0, touched.rows, touched.values.grad)
    assert torch.allclose(gradient, whole.table.weight.grad)
    assert rows.take_touched() == []


@pytest.mark.parametrize("sizes", [(5, 7), (50_000, 40_000)])
def test_training_mode_reads_what_evaluation_mode_reads(sizes: tuple[int, ...]) -> None:
    embedding = table(by_rows=True, categorical=sizes)
    trained = torch.cat(embedding(*inputs()), dim=1)
    assert torch.equal(trained, torch.cat(embedding.eval()(*inputs()), dim=1))


def test_only_touched_rows_move_and_the_penalty_touches_no_other() -> None:
    embedding = table(by_rows=True, bags=())
    before = embedding.table.weight.detach().clone()
    optimiser = RowwiseAdam(embedding, penalty=0.1)
    places = torch.tensor([[1, 2], [1, 3]], dtype=torch.int32)
    embedding(places, places)[0].sum().backward()
    optimiser.step(0.01)
    moved = (embedding.table.weight != before).any(1).nonzero().flatten().tolist()
    assert moved == [1, 5 + 2, 5 + 3]
    assert optimiser.touches.nonzero().flatten().tolist() == moved


def test_with_every_row_in_every_batch_it_is_adam_with_one_second_moment_a_row() -> None:
    embedding = FusedEmbedding((4,), (), 1).train()
    embedding.train_rows(True)
    twin = torch.nn.Parameter(embedding.table.weight.detach().clone())
    adam, mine = torch.optim.Adam([twin], lr=0.05), RowwiseAdam(embedding, penalty=0.0)
    places, goal = torch.arange(4, dtype=torch.int32)[:, None], torch.tensor([[1.0], [-1.0], [0.3], [2.0]])
    for _ in range(60):
        (embedding(places, places)[0] - goal).square().sum().backward()
        mine.step(0.05)
        adam.zero_grad()
        (twin - goal).square().sum().backward()
        adam.step()
    assert torch.allclose(embedding.table.weight, twin, atol=1e-4)


def test_two_forward_passes_of_one_step_add_up() -> None:
    once, twice = table(by_rows=True, bags=()), table(by_rows=True, bags=())
    left, right = torch.tensor([[1, 2]], dtype=torch.int32), torch.tensor([[1, 4]], dtype=torch.int32)
    optimisers = RowwiseAdam(once, 0.0), RowwiseAdam(twice, 0.0)
    once(torch.cat([left, right]), left)[0].sum().backward()
    (twice(left, left)[0].sum() + twice(right, right)[0].sum()).backward()
    for optimiser in optimisers:
        optimiser.step(0.01)
    assert torch.allclose(once.table.weight, twice.table.weight)
