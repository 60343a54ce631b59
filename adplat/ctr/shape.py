"""How wide every input of a network is; read off a feature encoding, kept in the bundle's manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Cardinalities (index 0 included) and widths of the arrays of ``features.arrays``.

    ``item_id_columns``, ``row_item_columns`` and ``row_user_columns`` are the categorical columns that
    identify the very item or user; dropping them in training teaches the network to do without.
    """

    item_categorical: tuple[int, ...] = ()
    item_bags: tuple[int, ...] = ()
    row_categorical: tuple[int, ...] = ()
    row_bags: tuple[int, ...] = ()
    item_numeric: int = 0
    row_numeric: int = 0
    image: int = 0
    text: int = 0
    sequences: int = 0
    length: int = 0
    record: int = 0
    heads: int = 1
    item_id_columns: tuple[int, ...] = ()
    row_item_columns: tuple[int, ...] = ()
    row_user_columns: tuple[int, ...] = ()

    def without_content(self) -> NetworkShape:
        """The same network without image and text."""
        return replace(self, image=0, text=0)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that a network of this shape really reads, in a fixed order."""
        widths = {
            "item_categorical": len(self.item_categorical),
            "item_bags": len(self.item_bags),
            "item_numeric": self.item_numeric,
            "item_image": self.image,
            "item_image_present": self.image,
            "item_text": self.text,
            "item_text_present": self.text,
            "row_item": 1,
            "row_categorical": len(self.row_categorical),
            "row_bags": len(self.row_bags),
            "row_numeric": self.row_numeric,
            "row_record": self.record,
            "history": self.sequences,
            "row_user": self.sequences,
        }
        return tuple(name for name, width in widths.items() if width)
