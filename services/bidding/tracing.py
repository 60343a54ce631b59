"""OpenTelemetry spans of a share of requests, made afterwards from the times that were taken anyway.

On the way of a request stands a note of some moments and no span; a thread of its own turns notes into spans once they
are over. Who sends a W3C ``traceparent`` decides by its flag whether it is traced, and finds our spans below its own
(https://www.w3.org/TR/trace-context/); of the others ``ADPLAT_TRACE_SHARE`` are.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from adplat import __version__
from adplat.domain import ConfigRejected, Counts
from services.bidding.metrics import TRACES
from services.hosting.logs import REQUEST_ID

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

log = logging.getLogger(__name__)
_MOST_WAITING = 2000
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 0x01


class TraceParent(NamedTuple):
    """Whose span ours goes below. ``is_sampled``: whether it is traced at all."""

    trace_id: int
    span_id: int
    is_sampled: bool


@dataclass(slots=True)
class Note:
    """One request that is traced: whole nanoseconds since 1970, and milliseconds of the monotonic clock."""

    name: str
    parent: TraceParent | None
    begun_ns: int
    begun_ms: float
    ended_ms: float = 0.0
    outcome: str = ""
    request_id: str = ""
    decision_ids: tuple[str, ...] = ()
    steps: list[tuple[str, float, float]] = field(default_factory=list)


NOTE: ContextVar[Note | None] = ContextVar("note", default=None)
"""Of the request that is being answered, where it is traced."""


def read_traceparent(header: str) -> TraceParent | None:
    """What the header says; ``None`` for one that says nothing valid, as if it were not there."""
    found = _PARENT.fullmatch(header.strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    is_wrong = (
        version == "ff" or (version == "00" and rest is not None) or not int(trace_id, 16) or not int(span_id, 16)
    )
    return None if is_wrong else TraceParent(int(trace_id, 16), int(span_id, 16), bool(int(flags, 16) & _SAMPLED))


class Tracer:
    """Takes notes of requests, and hands them to an exporter for as long as ``exporting`` runs.

    Example::

        note = tracer.begin("Bid", traceparent)     # None: not this one
        ...
        tracer.end(note, "OK")
    """

    def __init__(
        self,
        share: float,
        exporter: SpanExporter,
        counts: Counts,
        draw: Callable[[], float] = random.random,
        every_s: float = 0.5,
    ) -> None:
        self._share, self._exporter, self._counts, self._draw, self._every_s = share, exporter, counts, draw, every_s
        self._waiting: deque[Note] = deque()

    def begin(self, name: str, traceparent: str = "") -> Note | None:
        """Now, if this one is to be traced."""
        parent = read_traceparent(traceparent) if traceparent else None
        is_traced = self._draw() < self._share if parent is None else parent.is_sampled
        note = Note(name, parent, time.time_ns(), time.monotonic() * 1000.0) if is_traced else None
        NOTE.set(note)
        return note

    def end(self, note: Note | None, outcome: str) -> None:
        """The answer is ready."""
        if note is None:
            return
        NOTE.set(None)
        note.ended_ms, note.outcome, note.request_id = time.monotonic() * 1000.0, outcome, REQUEST_ID.get()
        if len(self._waiting) >= _MOST_WAITING:
            self._counts.add(TRACES, "dropped")
            return
        self._counts.add(TRACES, "kept")
        self._waiting.append(note)

    @asynccontextmanager
    async def exporting(self) -> AsyncIterator[None]:
        """Export for as long as the block runs, and what is left at its end."""
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create({"service.name": "adplat-bidding", "service.version": __version__})
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(self._exporter))
        task = asyncio.create_task(self._export_all(provider), name="tracer")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await asyncio.to_thread(self._export, provider)
            await asyncio.to_thread(provider.shutdown)

    async def _export_all(self, provider: Any) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            if self._waiting:
                await asyncio.to_thread(self._export, provider)

    def _export(self, provider: Any) -> None:
        tracer = provider.get_tracer("adplat.bidding", __version__)
        while self._waiting:
            note = self._waiting.popleft()
            try:
                _make_spans(tracer, note)
            except Exception:  # one note must not end the others' way
                log.exception("a note could not be turned into spans")


def otlp_exporter(endpoint: str) -> SpanExporter:
    """Sends spans to ``endpoint`` by OTLP over HTTP. Raises ConfigRejected where that cannot be."""
    if not endpoint.startswith(("http://", "https://")):
        raise ConfigRejected(
            f"{endpoint!r} takes no spans", where="ADPLAT_OTLP_ENDPOINT", hint="write http://collector:4318"
        )
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise ConfigRejected(
            "spans cannot be sent: the exporter is not installed",
            where="ADPLAT_OTLP_ENDPOINT",
            hint="install it with pip install 'adplat[otlp]', or unset the variable",
        ) from None
    exporter: SpanExporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    return exporter


def _make_spans(tracer: Any, note: Note) -> None:
    from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context

    def at_ns(moment_ms: float) -> int:
        return note.begun_ns + round((moment_ms - note.begun_ms) * 1e6)

    above = None
    if note.parent is not None:
        ids = SpanContext(note.parent.trace_id, note.parent.span_id, True, TraceFlags(TraceFlags.SAMPLED))
        above = set_span_in_context(NonRecordingSpan(ids))
    told = {"adplat.outcome": note.outcome, "adplat.request_id": note.request_id}
    if note.decision_ids:
        told["adplat.decision_ids"] = note.decision_ids  # type: ignore[assignment]  # attributes may be sequences
    whole = tracer.start_span(note.name, context=above, kind=SpanKind.SERVER, start_time=note.begun_ns, attributes=told)
    below = set_span_in_context(whole)
    for step, since_ms, until_ms in note.steps:
        part = tracer.start_span(step, context=below, start_time=at_ns(since_ms))
        part.end(at_ns(until_ms))
    whole.end(at_ns(note.ended_ms))
