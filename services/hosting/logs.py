"""Logs of what goes wrong or is dropped, one JSON document a line, written by a thread of their own.

::

    {"ts": "2026-09-09T20:15:00.123Z", "level": "warning", "event": "a report costs more than was bid",
     "process": "replica", "pid": 4711, "logger": "services.bidding.engine", "decision_id": "…", "request_id": "…"}

Nobody is named: no user key, no address of a device, nothing that a request holds but its id. So the words of a foreign
exception stay out, since they may quote what was sent; its kind and where it was raised are told. What a job died of is
told whole: no page says it, and nobody else could be asked.
"""

from __future__ import annotations

import logging
import queue
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, WatchedFileHandler
from pathlib import Path
from types import TracebackType

import msgspec

from adplat.bootstrap import Settings
from adplat.domain import AdplatError, ConfigRejected, InputError, StoreUnreachable

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered, where it has one."""

FIELDS = (
    "decision_id", "decision_ids", "kind", "price_micros", "reason", "count", "position", "caller_id", "entries",
    "events", "auctions", "malformed", "released", "attributed", "out_of_window", "unattributed", "lag_s", "folded_to",
)  # fmt: skip
"""What a record may carry besides its sentence (``extra``). Whatever else it carries is not written."""

OURS = ("adplat", "services")
LINES_A_SECOND = 50
_FRAMES = 12


class JsonLines(logging.Formatter):
    """One record as one line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """See the head of this module."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, object] = {
            "ts": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "process": self._process,
            "pid": record.process,
            "logger": record.name,
        }
        told |= {name: getattr(record, name) for name in (*FIELDS, "request_id", "left_out") if hasattr(record, name)}
        if record.exc_info is not None and record.exc_info[1] is not None:
            told |= _fault(record.exc_info[1], record.exc_info[2])
        return msgspec.json.encode(told).decode()


class Handed(QueueHandler):
    """Hands records to the thread that writes; of one sentence at most ``LINES_A_SECOND``, the others are counted."""

    def __init__(self, waiting: queue.SimpleQueue[logging.LogRecord]) -> None:
        super().__init__(waiting)
        self._second = 0
        self._lines: defaultdict[str, int] = defaultdict(int)
        self._left_out: defaultdict[str, int] = defaultdict(int)

    def emit(self, record: logging.LogRecord) -> None:
        """Take it, or count it; what was left out is told with the next of its kind."""
        if int(time.monotonic()) != self._second:
            self._second = int(time.monotonic())
            self._lines.clear()
        sentence = str(record.msg)
        self._lines[sentence] += 1
        if self._lines[sentence] > LINES_A_SECOND:
            self._left_out[sentence] += 1
            return
        if sentence in self._left_out:
            record.left_out = self._left_out.pop(sentence)
        super().emit(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The record as it is: it goes to a thread, not to another process. The id of its request is read here."""
        if REQUEST_ID.get():
            record.request_id = REQUEST_ID.get()
        return record


@contextmanager
def writing_logs(settings: Settings, process: str) -> Iterator[None]:
    """Write what our loggers tell, from ``settings.log_level`` on, for as long as the block runs.

    To ``settings.log_file``, ``-`` being stderr; by default to ``logs/adplat.jsonl`` of the workspace, which several
    processes share: each line is one write. A file that was moved away is opened anew. Raises ConfigRejected.
    """
    writer = _opened(settings)
    writer.setFormatter(JsonLines(process))
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handed, listener = Handed(waiting), QueueListener(waiting, writer)
    level = settings.log_level.upper()
    loggers = [logging.getLogger(name) for name in OURS]
    before = [logger.level for logger in loggers]
    listener.start()
    for logger in loggers:
        logger.addHandler(handed)
        logger.setLevel(level)
    try:
        yield
    finally:
        for logger, old in zip(loggers, before, strict=True):
            logger.removeHandler(handed)
            logger.setLevel(old)
        listener.stop()
        writer.close()


def _opened(settings: Settings) -> logging.Handler:
    if settings.log_file == "-":
        return logging.StreamHandler(sys.stderr)
    path = Path(settings.log_file) if settings.log_file else settings.workspace / "logs" / "adplat.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return WatchedFileHandler(path, encoding="utf-8")
    except OSError as reason:
        raise ConfigRejected(
            f"the log cannot be written: {reason.strerror}",
            where=str(path),
            hint="give another file with ADPLAT_LOG_FILE, or - for stderr",
        ) from None


def _fault(error: BaseException, trace: TracebackType | None) -> dict[str, object]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    told: dict[str, object] = {
        "error": type(error).__name__,
        "stack": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    # What a caller sent wrong quotes the caller; our own words about ourselves do not.
    is_ours = not isinstance(error, InputError) or isinstance(error, StoreUnreachable)
    if isinstance(error, AdplatError) and is_ours:
        told["what"] = error.what
    return told
