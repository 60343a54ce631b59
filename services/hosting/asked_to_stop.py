"""How a process of ours hears that it is to end: by a signal, or by the end of whoever started it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def stop_on_signals(stop: threading.Event) -> None:
    """SIGINT and SIGTERM ask for an orderly end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


def stop_with_parent(stop: threading.Event, parent: int) -> None:
    """Set ``stop`` when the parent process is gone: a child must not outlive a supervisor that was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            if stop.wait(0.5):
                return
        stop.set()

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """While things start and stop, SIGTERM is what Ctrl-C is: it unwinds, and all that was started is ended."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """SIGINT and SIGTERM set the event; a second one interrupts. Before and after, they do what they did."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            signal.default_int_handler(number, frame)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
