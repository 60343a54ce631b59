"""Which rows of a folder are trained on: the ``data`` part of a training config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adplat.domain import ConfigRejected


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Where the rows are and which of them are held out.

    ``kind`` is ``table`` (``train`` and ``valid`` are files of the folder) or ``world`` (a lake with
    a catalogue; ``train`` and ``valid`` are not read). Without a ``valid`` file the latest
    ``valid_fraction`` of the rows in time is held out; where the schema has no time, a random part
    drawn with ``seed``. ``sample`` keeps that many random rows of the training part (0 keeps all).
    ``stream`` reads the training rows batch by batch and never holds the whole table; it needs a table with
    a ``valid`` file (or ``valid_fraction: 0``), in order of time where the model looks at the past.
    """

    kind: Literal["table", "world"] = "table"
    train: str = "rows.parquet"
    valid: str = ""
    valid_fraction: float = 0.1
    sample: int = 0
    seed: int = 0
    stream: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.valid_fraction < 1.0:
            raise ConfigRejected(
                f"valid_fraction {self.valid_fraction} is out of range",
                where="data: valid_fraction",
                hint="give a share from 0 up to, not including, 1",
            )
        if self.stream and self.kind == "world":
            raise ConfigRejected(
                "a world is not streamed as it is",
                where="data: stream",
                hint="write its rows with 'adplat data join WORLD' and name them: kind: table, train, valid",
            )
        if self.stream and self.valid_fraction > 0.0 and not self.valid:
            raise ConfigRejected(
                "a streamed table is not split",
                where="data: stream",
                hint="name a valid file, or set valid_fraction: 0 to hold nothing out",
            )
        if self.sample < 0 or self.seed < 0:
            raise ConfigRejected("sample and seed may not be negative", where="data", hint="give 0 to keep all rows")
        if self.kind == "table" and not self.train:
            raise ConfigRejected("no training file is named", where="data: train", hint="name a file")
