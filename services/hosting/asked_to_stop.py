"""How a process of ours hears that it is to end: by a signal, or by the end of whoever started it."""

from __future__ import annotations

import os
import signal
import threading


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
