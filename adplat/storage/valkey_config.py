"""What the embedded Valkey is told, and where its socket can live."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

from adplat.domain import InternalFault, PortTaken

_LONGEST_SOCKET_BYTES = 100  # the kernel takes 107 on Linux and 103 on macOS


def config_text(*, port: int, socket_path: Path, data: Path, pid_file: Path, log: Path) -> str:
    """The configuration file: durable to the second, never evicting, reachable from this machine only."""
    settings = {
        "bind": "127.0.0.1",
        "protected-mode": "yes",
        "port": str(port),
        "unixsocket": _quoted(socket_path),
        "unixsocketperm": "700",
        "dir": _quoted(data),
        "pidfile": _quoted(pid_file),
        "logfile": _quoted(log),
        "loglevel": "notice",
        "daemonize": "no",
        # Each answered write has reached the kernel's page cache; the disk follows within about a second.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        # The log alone is the truth; a snapshot beside it would only cost forks.
        "save": '""',
        "maxmemory-policy": "noeviction",
        "tcp-backlog": "128",
        "shutdown-timeout": "5",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def socket_place(folder: Path) -> Path:
    """``folder/valkey.sock``, or a private short folder below the temporary one when that path is too long.

    Raises InternalFault when the short folder belongs to somebody else.
    """
    near = folder / "valkey.sock"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_BYTES:
        return near
    name = f"adplat-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base / name / near.name)) > _LONGEST_SOCKET_BYTES:
        base = Path("/tmp")  # noqa: S108  # a folder of our own inside, checked below
    short = base / name
    short.mkdir(mode=0o700, exist_ok=True)
    facts = short.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise InternalFault("the folder for the socket is not private to this user", where=str(short), hint="remove it")
    return short / near.name


def free_port(preferred: int = 0) -> int:
    """``preferred`` if nobody listens there, otherwise any free port on loopback."""
    for port in (preferred, 0) if preferred else (0,):
        try:
            return _bindable(port)
        except OSError:
            continue
    raise PortTaken("no port is free on 127.0.0.1", hint="close programs that listen there")


def require_free(port: int) -> int:
    """``port``, or PortTaken."""
    try:
        return _bindable(port)
    except OSError as error:
        raise PortTaken(f"port {port} is in use", where="127.0.0.1", hint="free it or give another one") from error


def _bindable(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does it; without this a port with connections in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        found: int = probe.getsockname()[1]
        return found


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
