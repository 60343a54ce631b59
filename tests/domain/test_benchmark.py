"""Whether a claim holds follows from its figure and nothing else."""

from __future__ import annotations

import pytest

from adplat.domain import Figure, InternalFault, benchmark_document


def figure(value: float, op: str, target: float | tuple[float, float]) -> Figure:
    return Figure("loop.2.x", "seeds won", value, "seeds", op, target, n=20)


@pytest.mark.parametrize(
    ("value", "op", "target", "holds"),
    [
        (18, ">=", 18, True),
        (17, ">=", 18, False),
        (0.01, "<=", 0.02, True),
        (0.03, "<=", 0.02, False),
        (1.0, "between", (0.9, 1.1), True),
        (1.2, "between", (0.9, 1.1), False),
        (float("nan"), ">=", 0.0, False),
    ],
)
def test_holds(value: float, op: str, target: float | tuple[float, float], holds: bool) -> None:
    assert figure(value, op, target).holds is holds


def test_an_unclear_claim_is_a_fault() -> None:
    with pytest.raises(InternalFault):
        _ = figure(1.0, "between", 1.0).holds
    with pytest.raises(InternalFault):
        _ = figure(1.0, "==", 1.0).holds


def test_document_has_the_promised_keys() -> None:
    document = benchmark_document("demo", "2 cores", [figure(18, ">=", 18)])
    assert set(document) == {"name", "machine", "figures"}
    assert set(document["figures"][0]) == {
        *("id", "what", "value", "unit", "op", "target", "n"),
        *("seeds", "interval", "rival", "rival_value", "holds"),
    }
