"""Which numbers of machines lie on the open internet: what a webhook may lead to, when it is named and when it is sent.

A name is looked at when it is resolved, by whoever connects.
"""

from __future__ import annotations

import ipaddress
import socket

from adplat.domain.errors import ConfigRejected

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# What Python's tables let pass: translated by a neighbour, of one site, of segment routing, for documents, old relays,
# and numbers of IPv4 written as IPv6.
_NEAR = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b:1::/48", "fec0::/10", "5f00::/16", "3fff::/20", "::/96", "192.88.99.0/24", "192.0.0.0/24")
)


def literal_address(host: str) -> IpAddress | None:
    """The number that stands there in place of a name, in any form that a machine takes for one (``127.1``)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None


def require_far(address: IpAddress, where: str, *, local: bool, is_plain: bool) -> None:
    """Raises ConfigRejected for what is no address of the open internet, whatever it is wrapped in.

    Args:
        where: what the refusal is about.
        local: it may be this machine, and then without TLS.
        is_plain: it is without TLS.
    """
    for one in (address, *_within(address)):
        if one.is_loopback and local:
            return
        if not one.is_global or one.is_multicast or one.is_reserved or any(one in net for net in _NEAR):
            raise ConfigRejected(
                "it leads to a machine that is not on the open internet", where=where, hint="give another address"
            )
    if is_plain:
        raise ConfigRejected("a webhook without TLS", where=where, hint="write it as https://HOST/PATH")


def _within(address: IpAddress) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64 (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
    if address.teredo is not None:
        found.extend(address.teredo)
    if address in ipaddress.ip_network("64:ff9b::/96"):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found
