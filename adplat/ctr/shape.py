"""How wide every input of a network is; read off a feature encoding, kept in the bundle's manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Cardinalities (index 0 included) and widths of the arrays of ``features.arrays``.

    ``item_id_columns``, ``row_item_columns`` and ``row_user_columns`` are the categorical columns that
    identify the very item or user; dropping them in training teaches the network to do without. The last ``pair``
    of the ``record`` columns are about user and item together.
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
    pair: int = 0
    record_log_odds: tuple[int, ...] = ()
    heads: int = 1
    item_id_columns: tuple[int, ...] = ()
    row_item_columns: tuple[int, ...] = ()
    row_user_columns: tuple[int, ...] = ()

    def without_content(self) -> NetworkShape:
        """The same network without image and text."""
        return replace(self, image=0, text=0)

    @property
    def contents(self) -> dict[str, int]:
        """Width of each modality's vector, 0 where there is none."""
        return {"image": self.image, "text": self.text}

    @property
    def item_inputs(self) -> tuple[str, ...]:
        """What the item side reads; a flag is always among them, it tells how many items there are."""
        widths = {
            "item_categorical": len(self.item_categorical),
            "item_bags": len(self.item_bags),
            "item_numeric": self.item_numeric,
            "item_image": self.image,
            "item_image_present": 1,
            "item_text": self.text,
            "item_text_present": self.text,
        }
        return tuple(name for name, width in widths.items() if width)

    @property
    def user_inputs(self) -> tuple[str, ...]:
        """What the user side reads; numbers of width 0, which tell how many users there are, if nothing else."""
        widths = {
            "row_categorical": len(self.row_categorical),
            "row_bags": len(self.row_bags),
            "row_numeric": self.row_numeric,
            "history": self.sequences,
        }
        return tuple(name for name, width in widths.items() if width) or ("row_numeric",)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to learn from."""
        item = set(self.item_inputs) - {"item_image_present"}
        return bool(item or self.record or self.row_numeric or set(self.user_inputs) - {"row_numeric"})
