"""What a model is given of one row, by the names of the schema: the form in which two encodings are compared.

Indices mean nothing between two item blocks, so items are told by their id here; everything else is as it stands in the
arrays, bit for bit. Whatever of ``RowArrays`` and ``ItemBlock`` reaches a model is named; the item's own id is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adplat.features.arrays import ItemBlock, RowArrays
from adplat.features.layout import Layout

# Indices of a categorical or a bag, numbers, or the items of a history ("" where the block does not know one).
NamedValue = tuple[int, ...] | tuple[float, ...] | tuple[str, ...]
# What no feature of a schema can be called: schemas name columns.
USER = "(user)"


def named_inputs(layout: Layout, rows: RowArrays, items: ItemBlock, place: int) -> dict[str, NamedValue]:
    """Row ``place`` of ``rows`` with its item and its history, by feature name.

    The pictures of an item are one vector, under their names joined by "+", and so are its words; first in a vector
    stands whether there is one. The user stands under ``USER`` as the hash of the key.
    """
    item = int(rows.item[place])
    named: dict[str, NamedValue] = {USER: (int(rows.user[place]),)}
    for columns, arrays, row in ((layout.row, rows, place), (layout.item, items, item)):
        for column, feature in enumerate(columns.categorical):
            named[feature.name] = (int(arrays.categorical[row, column]),)
        for column, feature in enumerate(columns.bags):
            named[feature.name] = tuple(arrays.bags[row, column].tolist())
        for column, feature in enumerate(columns.numeric):
            named[feature.name] = (float(arrays.numeric[row, column]),)
    for features, vectors, present in (
        (layout.images, items.image, items.image_present),
        (layout.texts, items.text, items.text_present),
    ):
        if features:
            name = "+".join(feature.name for feature in features)
            named[name] = (float(present[item]), *vectors[item].tolist())
    for column, feature in enumerate(layout.sequences):
        named[feature.name] = ids_of(items, rows.history[place, column].tolist())
    return named


def ids_of(items: ItemBlock, rows: Sequence[int]) -> tuple[str, ...]:
    """The items of a history, newest first, without the padding at its end."""
    ids = ["" if row == 0 else items.ids[row - 1] for row in rows]
    while ids and not ids[-1]:
        ids.pop()
    return tuple(ids)


def differing(one: Mapping[str, NamedValue], other: Mapping[str, NamedValue]) -> list[str]:
    """The names that the two do not tell alike, those that only one tells included; in the order of ``one``."""
    return [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
