"""What one process counts, in its own memory: the whole service where that is one process and there is no Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adplat.domain import Series, ServiceCounted, StoreUnreachable


class OwnCounts:
    """Implements ``domain.ServiceCounts``.

    Args:
        is_whole: whether nobody else counts. Else ``read`` raises StoreUnreachable: sums of one of several would look
            like those of all.
    """

    def __init__(self, *, is_whole: bool) -> None:
        self._is_whole = is_whole
        self._sums: dict[Series, int] = {}
        self._states: dict[str, bytes] = {}
        self._numbers: dict[str, int] = {}

    async def tell(self, writer: str, number: int, sums: Mapping[Series, int], state: bytes) -> None:
        """Add ``sums``, once for each ``number``, which a ``writer`` counts up; ``state`` replaces the one before."""
        if number <= self._numbers.get(writer, 0):
            return
        self._numbers[writer] = number
        for series, amount in sums.items():
            self._sums[series] = self._sums.get(series, 0) + amount
        self._states[writer] = state

    async def read(self) -> ServiceCounted:
        """All that was told here."""
        if not self._is_whole:
            raise StoreUnreachable(
                "several replicas have nowhere to add up what they counted",
                where="ADPLAT_REDIS_URL",
                hint="name a Redis or Valkey, or serve with one replica",
            )
        return ServiceCounted(dict(self._sums), dict(self._states))

    async def forget(self, writers: Sequence[str]) -> None:
        """What they said of themselves."""
        for writer in writers:
            self._states.pop(writer, None)

    async def close(self) -> None:
        """Nothing is held open."""
