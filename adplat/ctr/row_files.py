"""Arrays of a streamed table, one plain file each, read back as memory maps that the system may drop at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[np.float32] | npt.NDArray[np.float64] | npt.NDArray[np.int32] | npt.NDArray[np.int64]
_CHUNK = 65_536


@dataclass
class RowFiles:
    """Growing arrays of ``height`` rows in a folder."""

    place: Path
    height: int
    kinds: dict[str, tuple[np.dtype[np.generic], tuple[int, ...]]] = field(default_factory=dict)

    def write(self, parts: Mapping[str, AnyArray]) -> None:
        """Append one batch to each array."""
        for name, part in parts.items():
            self.kinds[name] = (part.dtype, part.shape[1:])
            with (self.place / name).open("ab") as file:
                file.write(part.tobytes())

    def read(self, name: str) -> np.ndarray:  # of any of the dtypes
        """Everything written under ``name``."""
        kind, rest = self.kinds[name]
        shape = (self.height, *rest)
        if not np.prod(shape):
            return np.zeros(shape, kind)
        return np.asarray(np.memmap(self.place / name, dtype=kind, mode="r", shape=shape))

    def slices(self) -> Iterator[slice]:
        """All rows in parts that fit memory."""
        for start in range(0, self.height, _CHUNK):
            yield slice(start, min(start + _CHUNK, self.height))
