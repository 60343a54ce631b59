"""Stands between an owner and its Valkey, so that the server never outlives the owner.

Run as a file by ``embedded_valkey`` (``python -I -S valkey_guard.py SERVER CONFIG``), with the standard library only.
Standard input is a pipe that only the owner holds open. When it closes (the owner asked, ended or was killed) the
server gets SIGTERM, writes its log out and ends. When the server ends by itself, the guard ends with its exit code.
Should the guard itself be killed, Linux sends the server the same SIGTERM (PR_SET_PDEATHSIG); this is done here, in a
process of one thread, because that signal follows the death of a parent *thread* and because code between fork and
exec is safe only there.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1
_SHUTDOWN_S = 20.0
_LOOK_S = 1.0


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def main(command: list[str]) -> int:
    """Start the server and stay until it or the owner is gone; the exit code is the server's."""
    owner = os.getppid()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # A handler for SIGCHLD and SIGTERM that writes to a pipe ends the wait below at once.
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    asked: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))

    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509
    # A child that the owner forked keeps the pipe open, hence the look at the parent as well.
    while server.poll() is None and not asked and os.getppid() == owner:
        readable, _, _ = select.select([sys.stdin.fileno(), wake_read], [], [], _LOOK_S)
        if wake_read in readable:
            os.read(wake_read, 64)
        if sys.stdin.fileno() in readable and not os.read(sys.stdin.fileno(), 1):
            break
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(_SHUTDOWN_S)
        except subprocess.TimeoutExpired:
            server.kill()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) & 0xFF)
