"""Every user that training knows, as vectors to load into the online state before serving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from adplat.features.arrays import UserVector
from adplat.features.histories import Histories
from adplat.features.learned import Learned
from adplat.features.request_rows import user_from_facts
from adplat.features.tabular import keyed

_AT_ONCE = 10_000


def known_users(
    learned: Learned, people: pl.DataFrame | None, histories: Histories
) -> Iterator[tuple[str, UserVector]]:
    """See ``FeatureEncoding.known_users``."""
    side = learned.schema.table("user")
    keys, frame = pl.Series([], dtype=pl.String), pl.DataFrame()
    if side is not None and people is not None:
        keys, frame = keyed(people, side.key, f"table {side.name!r}")
    row_of = {key: row for row, key in enumerate(keys.to_list())}
    everyone = [*row_of, *(user for user in histories.users.to_list() if user not in row_of)]
    for start in range(0, len(everyone), _AT_ONCE):
        batch = everyone[start : start + _AT_ONCE]
        hashes, times = histories.all_of(batch, learned.layout.history_length)
        for place, user in enumerate(batch):
            facts = frame.row(row_of[user], named=True) if user in row_of else {}
            vector = user_from_facts(learned, {**facts, learned.layout.user_column: user})
            yield user, replace(vector, history=hashes[place], history_time_s=times[place])
