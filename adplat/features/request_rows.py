"""RowArrays from one request: the serving side of the one code path. No loop over candidates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from adplat.domain import Feature
from adplat.features.arrays import Float32, Int32, Int64, ItemBlock, RowArrays, UserVector, item_hash
from adplat.features.learned import Learned
from adplat.features.values import MAX_BAG_VALUES, bag_of, canonical, number_in
from adplat.features.vocabularies import bag_indices

_PLAIN = (str, int, float, bool)


def fact(facts: Mapping[str, object], feature: Feature) -> object:
    """What is told about a feature: under the feature's name, else under its column's."""
    return facts[feature.name] if feature.name in facts else facts.get(feature.columns[0])


def user_from_facts(learned: Learned, attributes: Mapping[str, object]) -> UserVector:
    """See ``FeatureEncoding.user_vector``."""
    columns = learned.layout.user
    bags = np.zeros((len(columns.bags), MAX_BAG_VALUES), dtype=np.int64)
    for place, feature in enumerate(columns.bags):
        hashes = _bag_hashes(fact(attributes, feature), feature.separator)
        bags[place, : len(hashes)] = hashes
    values = [_value_hash(fact(attributes, feature)) for feature in columns.categorical]
    numbers = [number_in(fact(attributes, feature), feature) for feature in columns.numeric]
    shape = (len(learned.layout.sequences), learned.layout.history_length)
    return UserVector(
        categorical=np.array(values, dtype=np.int64),
        bags=bags,
        numeric=np.array(numbers, dtype=np.float64),
        history=np.zeros(shape, dtype=np.int64),
        history_time_s=np.zeros(shape, dtype=np.int64),
        key=_value_hash(attributes.get(learned.layout.user_column)),
    )


def rows_from_request(
    learned: Learned, user: UserVector, context: Mapping[str, object], items: ItemBlock, candidates: Int32
) -> RowArrays:
    """See ``FeatureEncoding.candidate_rows``."""
    count, layout = len(candidates), learned.layout
    history = np.zeros((len(layout.sequences), layout.history_length), dtype=np.int32)
    for place, feature in enumerate(layout.sequences):
        history[place, : feature.length] = items.rows_of_hashes(user.history[place, : feature.length])
    return RowArrays(
        item=np.asarray(candidates, dtype=np.int32),
        categorical=_seen_by_all(_categories(learned, user, context), count),
        bags=_seen_by_all(_bags(learned, user, context), count),
        numeric=_seen_by_all(_numbers(learned, user, context), count),
        history=_seen_by_all(history, count),
        user=_seen_by_all(np.array(user.key, dtype=np.int64), count),
    )


def _seen_by_all(one: Any, count: int) -> Any:
    """One row as ``count`` rows without a copy; scorers recognise it and compute the user once.

    As ``np.broadcast_to``, without its iterator: five times a request that is a tenth of what encoding costs.
    """
    shared = np.ndarray((count, *one.shape), one.dtype, one, 0, (0, *one.strides))
    shared.flags.writeable = False
    return shared


def _categories(learned: Learned, user: UserVector, context: Mapping[str, object]) -> Int32:
    row, own = learned.layout.row.categorical, learned.layout.user_places
    values = np.zeros(len(row), dtype=np.int32)
    for place, feature in enumerate(row):
        mine = own.get(feature.name)
        told = _value_hash(fact(context, feature)) if mine is None else int(user.categorical[mine])
        values[place] = learned.vocabularies[feature.name].index_of_hash(told)
    return values


def _bags(learned: Learned, user: UserVector, context: Mapping[str, object]) -> Int32:
    row, own = learned.layout.row.bags, learned.layout.user_places
    values = np.zeros((len(row), learned.row_bag_width), dtype=np.int32)
    for place, feature in enumerate(row):
        mine = own.get(feature.name)
        told = _bag_hashes(fact(context, feature), feature.separator) if mine is None else user.bags[mine]
        values[place] = bag_indices(learned.vocabularies[feature.name], told, learned.row_bag_width)
    return values


def _numbers(learned: Learned, user: UserVector, context: Mapping[str, object]) -> Float32:
    row, own = learned.layout.row.numeric, learned.layout.user_places
    values = np.zeros(len(row), dtype=np.float32)
    for place, feature in enumerate(row):
        mine = own.get(feature.name)
        told = number_in(fact(context, feature), feature) if mine is None else float(user.numeric[mine])
        values[place] = learned.scalings[feature.name].apply_one(told)
    return values


def _value_hash(value: object) -> int:
    return _plain_value_hash(value) if type(value) in _PLAIN else _hash_of(value)


# Requests name the same few thousand devices, regions and hours again and again. By type as well as by value: ``True``
# is not ``1`` here.
@lru_cache(maxsize=1 << 16, typed=True)
def _plain_value_hash(value: object) -> int:
    return _hash_of(value)


def _hash_of(value: object) -> int:
    text = canonical(value)
    return 0 if text is None else item_hash(text)


def _bag_hashes(value: object, separator: str) -> Int64:
    return np.array([item_hash(part) for part in bag_of(value, separator)], dtype=np.int64)
