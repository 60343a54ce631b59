from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import SchemaMismatch, TableRejected
from adplat.features import UserVector, fold_history, pack_user, unpack_user
from tests.features.builders import every_kind

DIGEST = every_kind().digest()
ARRAYS = ("categorical", "bags", "numeric", "history", "history_time_s")


def some_user(seed: int = 0) -> UserVector:
    rng = np.random.default_rng(seed)
    return UserVector(
        categorical=rng.integers(-(2**63), 2**63 - 1, 2),
        bags=rng.integers(0, 99, (1, 4)),
        numeric=np.array([1.5, np.nan, -2.0]),
        history=rng.integers(-(2**63), 2**63 - 1, (2, 5)),
        history_time_s=rng.integers(0, 2**31, (2, 5)),
    )


@given(st.integers(0, 2**32 - 1))
def test_a_packed_user_comes_back_equal(seed: int) -> None:
    user = some_user(seed)
    again = unpack_user(pack_user(user, DIGEST), DIGEST)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(user, name))


def test_another_schema_is_refused() -> None:
    with pytest.raises(SchemaMismatch):
        unpack_user(pack_user(some_user(), DIGEST), "0" * 64)


def test_every_cut_is_refused() -> None:
    blob = pack_user(some_user(), DIGEST)
    for end in range(len(blob)):
        with pytest.raises(TableRejected):
            unpack_user(blob[:end], DIGEST)
    with pytest.raises(TableRejected):
        unpack_user(blob + b"x", DIGEST)
    with pytest.raises(TableRejected):
        unpack_user(b"\x80\x04" + blob[2:], DIGEST)


def test_an_unpacked_user_can_be_folded() -> None:
    again = unpack_user(pack_user(some_user(), DIGEST), DIGEST)
    assert fold_history(again, 1, 77, 2**40).history[1, 0] == 77
