"""Ports of this machine, asked for before anything is started."""

from __future__ import annotations

import errno
import os
import socket

from adplat.domain import ConfigRejected, PortTaken

_PORTS = (20_000, 30_000)
_STRETCH = 250


def require_free_port(host: str, port: int) -> None:
    """Asked before anything is started.

    Raises ConfigRejected where the host is none of this machine's, PortTaken when somebody listens there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            if isinstance(reason, socket.gaierror) or reason.errno == errno.EADDRNOTAVAIL:
                raise ConfigRejected(
                    f"{host!r} is no address of this machine",
                    where="ADPLAT_HTTP_HOST",
                    hint="use 127.0.0.1 for this machine alone or 0.0.0.0 for all its networks",
                ) from None
            raise PortTaken(
                f"port {port} cannot be used: {os.strerror(reason.errno or 0).lower()}",
                where=f"{host}:{port}",
                hint="stop what listens there or give another port",
            ) from None


def require_free_ports(host: str, ports: tuple[int, int]) -> None:
    """Of the HTTP and the gRPC door, as ``require_free_port``. Raises ConfigRejected also where they are the same."""
    if ports[0] == ports[1]:
        raise ConfigRejected(f"port {ports[1]} is given twice", where="gRPC port", hint="give HTTP and gRPC one each")
    for port in ports:
        require_free_port(host, port)


def free_ports() -> tuple[int, int, int, int, int]:
    """Four free ports and the first of 200 for replicas; there Ray itself steps over those that are taken.

    Raises PortTaken. Not from the range from which the kernel hands out outgoing ports: Ray's own processes take
    theirs from it while they start, and would be given one of ours now and then.
    """
    for start in range(*_PORTS, _STRETCH):
        if all(_is_free(start + offset) for offset in range(5)):
            return start, start + 1, start + 2, start + 3, start + 4
    raise PortTaken("no ports are free for the replicas", where=str(_PORTS), hint="close programs that listen")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
