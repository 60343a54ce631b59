"""``shading.json``: what first-price auctions taught of prices, by currency. Absent: bids are the value.

The models are small, so the file holds them itself; it is replaced whole, and replicas notice with one ``stat``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from adplat.domain import AdplatError, ConfigRejected, InternalFault
from adplat.market import ShadingModel
from adplat.snapshots.watched_file import WatchedFile, require_format

log = logging.getLogger(__name__)
SHADING_NAME = "shading.json"
FORMAT = 1
_HINT = "run 'adplat market fit', or 'adplat market forget' to bid the value"


@dataclass(frozen=True, slots=True)
class LearnedShading:
    """``by_currency`` the models, each fitted at the moment in ``fitted``."""

    by_currency: Mapping[str, ShadingModel]
    fitted: Mapping[str, datetime]


class _Entry(msgspec.Struct, frozen=True):
    fitted: datetime
    model: dict[str, Any]


class _Content(msgspec.Struct, frozen=True):
    format: int
    by_currency: dict[str, _Entry]


class ShadingFile:
    """The learned prices of one workspace, for writers and for pollers; made like ``ShadowPointer``."""

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / SHADING_NAME
        self._file = WatchedFile(self.path)

    def write(self, learned: LearnedShading) -> None:
        """Bid by these from now on."""
        entries = {
            currency: _Entry(learned.fitted[currency], model.as_json())
            for currency, model in sorted(learned.by_currency.items())
        }
        self._file.write(_Content(FORMAT, entries))

    def remove(self) -> bool:
        """Bid the value from now on; says whether anything was learned."""
        there = self.path.exists()
        self.path.unlink(missing_ok=True)
        return there

    def read(self) -> LearnedShading | None:
        """What is learned, ``None`` where nothing is.

        Raises ConfigRejected for what another version wrote, InternalFault for what nobody wrote.
        """
        content = self._file.read()
        if content is None:
            return None
        try:
            require_format(content, FORMAT, what="learned prices", where=str(self.path), hint=_HINT)
            entries = msgspec.json.decode(content, type=_Content).by_currency
        except (msgspec.DecodeError, UnicodeDecodeError) as reason:
            raise self._damaged(reason) from None
        try:
            models = {currency: ShadingModel.from_json(entry.model) for currency, entry in entries.items()}
        except ConfigRejected as reason:
            raise self._damaged(reason) from None
        return LearnedShading(models, {currency: entry.fitted for currency, entry in entries.items()})

    def has_moved(self) -> bool:
        """Whether it changed since the last ``read``."""
        return self._file.has_moved()

    def _damaged(self, reason: Exception) -> InternalFault:
        return InternalFault(f"the file of learned prices is damaged: {reason}", where=str(self.path), hint=_HINT)


class ShadingWatch:
    """What a replica bids by: the last file that could be read. One that cannot changes nothing and is logged."""

    def __init__(self, workspace: Path) -> None:
        self._file = ShadingFile(workspace)
        self.by_currency: Mapping[str, ShadingModel] = {}

    def look(self) -> bool:
        """Read the file where it moved; says whether there is something else to bid by now. Never raises."""
        try:
            if not self._file.has_moved():
                return False
            learned = self._file.read()
        except (AdplatError, OSError):
            log.exception("kept the prices that were known")
            return False
        self.by_currency = {} if learned is None else learned.by_currency
        return True
