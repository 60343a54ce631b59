"""An Open Bandit folder, as published or as imported, as a log of choices."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.bandit.off_policy import ChoiceLog, Offered
from adplat.data import import_open_bandit, read_feature_schema, read_table
from adplat.domain import Progress, TableRejected

SCHEMA_NAME = "open_bandit"
_USER = [f"user_feature_{number}" for number in range(4)]
_ITEM = [f"item_feature_{number}" for number in range(4)]
_ROWS = {
    "decision_id": "text",
    "ts": "time",
    "item_id": "integer",
    "position": "integer",
    "click": "number",
    "propensity": "number",
    **dict.fromkeys(_USER, "text"),
}


def is_open_bandit(folder: Path) -> bool:
    """Whether a folder is what ``adplat data import open-bandit`` made."""
    schema = folder / "schema.yaml"
    return schema.exists() and (folder / "items.parquet").exists() and read_feature_schema(schema).name == SCHEMA_NAME


def is_published_open_bandit(folder: Path) -> bool:
    """Whether a folder is one campaign as published."""
    return (folder / "item_context.csv").exists()


def read_published_open_bandit(folder: Path, progress: Progress) -> ChoiceLog:
    """Import into a folder that is gone afterwards, and read that. Raises like the importer."""
    with tempfile.TemporaryDirectory(prefix="adplat-open-bandit-") as place:
        import_open_bandit(folder, Path(place) / "log", progress=progress)
        return read_open_bandit(Path(place) / "log")


def read_open_bandit(folder: Path) -> ChoiceLog:
    """Rows in the order of the log. Every item of the campaign stands for choice in every slot.

    The affinity is left out: the import kept it for the shown item only, so it would tell the choice. Propensities
    are per slot, as the set has them. Raises TableRejected for rows that repeat another or name an unknown item.
    """
    path = folder / "rows.parquet"
    rows = read_table(path, expect=_ROWS)
    _refuse_nulls(rows, path)
    items = read_table(folder / "items.parquet", columns=["item_id", *_ITEM]).sort("item_id")
    repeated = rows.select("ts", "item_id", "position", *_USER).is_duplicated()
    # Times of whole seconds cannot tell two choices apart; the published microseconds can.
    is_fine = bool((rows["ts"].dt.microsecond() != 0).any())
    if is_fine and repeated.any():
        first = rows["decision_id"][repeated.arg_max() or 0]
        raise TableRejected(
            f"row {first} stands in the log twice ({int(repeated.sum())} rows repeat or are repeated)",
            where=str(path),
            hint="keep one row for each choice",
        )
    ids = items["item_id"].to_list()
    chosen = rows["item_id"].replace_strict({name: row for row, name in enumerate(ids)}, default=-1).to_numpy()
    if (chosen < 0).any():
        raise TableRejected(
            f"row {rows['decision_id'][int((chosen < 0).argmax())]} shows an item that the item table does not have",
            where=str(path),
            hint="log and item table belong to different campaigns; import them again",
        )
    slots = rows["position"].to_numpy().astype(np.int64)
    if (slots < 0).any():
        row = int((slots < 0).argmax())
        raise TableRejected(
            f"row {rows['decision_id'][row]} has position {slots[row]}",
            where=str(path),
            hint="count the slots of a page from 1",
        )
    times = rows["ts"].dt.epoch("us").to_numpy()
    return ChoiceLog(
        row_names=tuple(rows["decision_id"]),
        actions=tuple(str(name) for name in ids),
        chosen=chosen.astype(np.int64),
        slots=slots - int(slots.min() > 0),
        rewards=rows["click"].to_numpy().astype(np.float64),
        propensities=rows["propensity"].to_numpy().astype(np.float64),
        times_us=times,
        known_us=times,
        categories=np.column_stack([_codes(rows[name]) for name in _USER]),
        numbers=np.empty((rows.height, 0)),
        action_numbers=_item_numbers(items),
        offered=Offered(sets=(np.arange(len(ids)),), set_of=np.zeros(rows.height, dtype=np.int64)),
    )


def _refuse_nulls(rows: pl.DataFrame, path: Path) -> None:
    for name in ("decision_id", "ts", "item_id", "position", "click", "propensity"):
        column = rows[name]
        if column.null_count():
            raise TableRejected(
                f"row {(column.is_null().arg_max() or 0) + 1} has no {name!r} ({column.null_count():,} rows in all)",
                where=str(path),
                hint="log it with every choice, or leave these rows out",
            )


def _item_numbers(items: pl.DataFrame) -> npt.NDArray[np.float64]:
    """(A, G) the number of an item, and an indicator of each value of its texts that more than one item has."""
    parts = [items[_ITEM[0]].cast(pl.Float64).fill_null(0.0).to_numpy()[:, None]]
    for name in _ITEM[1:]:
        codes = _codes(items[name])
        indicators = (codes[:, None] == np.unique(codes)[None, :]).astype(np.float64)
        parts.append(indicators[:, indicators.sum(axis=0) > 1])
    return np.hstack(parts)


def _codes(column: pl.Series) -> npt.NDArray[np.int64]:
    """(N,) the same number for the same value; absent is a value of its own."""
    return column.cast(pl.String).fill_null("").rank("dense").to_numpy().astype(np.int64)
