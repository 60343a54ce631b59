"""One POST to an address that a person named: never to this machine or its neighbours, and never on to another one.

The name is resolved once, every address that it has is looked at, and the connection goes to one of those that were
looked at: a name that means another machine a moment later changes nothing. TLS still asks for the name.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adplat.domain import ConfigRejected, NotTaken, require_far

_LATER = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True, slots=True)
class HookRules:
    """``local``: it may go to this machine, and then without TLS; for trials."""

    local: bool = False
    timeout_s: float = 10.0
    longest_s: float = 30.0
    ca_file: str = ""


def post_webhook(rules: HookRules, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it and give the status, one of 200 to 299.

    Raises NotTaken where it may be taken later, ConfigRejected where it will not be: an address that is not far enough
    away, a redirect, a refusal.
    """
    parts = urlsplit(address)
    host, where = parts.hostname or "", parts.hostname or "webhook"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolved(host, port)
    for one in found:
        require_far(ipaddress.ip_address(one), where, local=rules.local, is_plain=parts.scheme != "https")
    link = _Link(host, port, found[0], rules, with_tls=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # A server that sends a letter now and then is not waited for for ever.
    over = threading.Timer(rules.longest_s, link.break_off)
    over.daemon = True
    over.start()
    try:
        link.request("POST", path, body=body, headers=dict(headers))
        status = link.getresponse().status  # its body is nobody's business
    except ssl.SSLCertVerificationError as reason:
        raise NotTaken(
            f"its certificate does not hold: {reason.verify_message}", where=where, hint="ask whoever runs it"
        ) from None
    except (http.client.HTTPException, OSError, ValueError) as reason:
        words = " ".join(str(reason).split())[:200] or type(reason).__name__
        raise NotTaken(f"the webhook does not answer: {words}", where=where, hint="ask whoever runs it") from None
    finally:
        over.cancel()
        link.close()
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise ConfigRejected(f"the webhook sends elsewhere ({status})", where=where, hint="give its last address")
    kind = NotTaken if status >= 500 or status in _LATER else ConfigRejected
    raise kind(f"the webhook answers {status}", where=where, hint="ask whoever runs it")


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as reason:
        raise NotTaken(f"no machine has this name: {reason}", where=host, hint="look at the name") from None
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


class _Link(http.client.HTTPConnection):
    """A connection to a number that was looked at, in the name that was told."""

    def __init__(self, host: str, port: int, number: str, rules: HookRules, *, with_tls: bool) -> None:
        super().__init__(host, port, timeout=rules.timeout_s)
        self._number, self._with_tls, self._ca_file = number, with_tls, rules.ca_file
        self.default_port = 443 if with_tls else 80  # of the Host header

    def connect(self) -> None:
        self.sock = socket.create_connection((self._number, self.port), self.timeout)
        if self._with_tls:
            context = ssl.create_default_context()
            if self._ca_file:
                context.load_verify_locations(self._ca_file)
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def break_off(self) -> None:
        """From another thread."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.close()
