"""``experiments.json``: which experiments run now, as replicas read it. Absent: none does.

A copy of what stands in SQL, so that no request and no replica asks the database; it is replaced whole, and replicas
notice with one ``stat``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from adplat.domain import AdplatError, ConfigRejected, Experiment, ExperimentBook, ExperimentState, InternalFault
from adplat.snapshots.watched_file import WatchedFile, require_format

log = logging.getLogger(__name__)
EXPERIMENTS_NAME = "experiments.json"
FORMAT = 1
_HINT = "publish the experiments again"


class _Content(msgspec.Struct, frozen=True):
    format: int
    experiments: tuple[Experiment, ...]
    holdout: float
    layer_holdouts: Mapping[str, float]


class ExperimentsFile:
    """The running experiments of one workspace, for whoever starts and stops them and for pollers.

    Example::

        file = ExperimentsFile(workspace)
        file.write(ExperimentBook((running,), holdout=0.05))
        file.read()                                             # None before the first write
    """

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / EXPERIMENTS_NAME
        self._file = WatchedFile(self.path)

    def write(self, book: ExperimentBook) -> None:
        """Let these assign from the readers' next look on. Raises ConfigRejected for one that is not running."""
        for one in book.experiments:
            if one.state is not ExperimentState.RUNNING:
                raise ConfigRejected(
                    f"experiment {one.experiment_id} is {one.state.value}",
                    where=str(self.path),
                    hint="publish running experiments alone; leave one out to stop it",
                )
        self._file.write(_Content(FORMAT, book.experiments, book.holdout, book.layer_holdouts))

    def read(self) -> ExperimentBook | None:
        """What runs, ``None`` where nothing was published.

        Raises ConfigRejected for what another version wrote, InternalFault for what nobody wrote.
        """
        content = self._file.read()
        if content is None:
            return None
        try:
            require_format(content, FORMAT, what="experiments", where=str(self.path), hint=_HINT)
        except (msgspec.DecodeError, UnicodeDecodeError) as reason:
            raise self._damaged(reason) from None
        try:
            told = msgspec.json.decode(content, type=_Content)
            return ExperimentBook(told.experiments, told.holdout, told.layer_holdouts)
        except (msgspec.DecodeError, UnicodeDecodeError, ConfigRejected) as reason:
            raise self._damaged(reason) from None

    def has_moved(self) -> bool:
        """Whether it changed since the last ``read``."""
        return self._file.has_moved()

    def _damaged(self, reason: Exception) -> InternalFault:
        what = f"the published experiments cannot be read: {' '.join(str(reason).split())}"
        return InternalFault(what, where=str(self.path), hint=_HINT)


class ExperimentsWatch:
    """What a replica assigns by: the last file that could be read. One that cannot changes nothing and is logged."""

    def __init__(self, workspace: Path) -> None:
        self._file = ExperimentsFile(workspace)
        self.book = ExperimentBook()

    def look(self) -> bool:
        """Read the file where it moved; says whether there is something else to assign by now. Never raises."""
        try:
            if not self._file.has_moved():
                return False
            book = self._file.read()
        except (AdplatError, OSError):
            log.exception("kept the experiments that were known")
            return False
        self.book = ExperimentBook() if book is None else book
        return True
