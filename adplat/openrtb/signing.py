"""Signatures of the addresses that we hand out: HMAC-SHA256, of which 128 bits are kept."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from adplat.domain import ConfigRejected

_SIGNATURE_BYTES = 16
_LEAST_SECRET_BYTES = 16
_PURPOSE = b"adplat notice 1\n"  # no other use of the same secret yields the same signature


def sign(query: str, secrets: Sequence[bytes]) -> str:
    """The signature of ``query`` by the first secret. Encoded as a query, no value can be moved into the next field.

    Raises:
        ConfigRejected: a secret is missing or short.
    """
    return _signature(query, usable_secrets(secrets)[0])


def is_signed(query: str, signature: str, secrets: Sequence[bytes]) -> bool:
    """Whether any of ``secrets`` signed ``query``; each is compared, in constant time, whichever fits.

    Raises:
        ConfigRejected: a secret is missing or short.
    """
    given = signature.encode()
    fitting = [hmac.compare_digest(given, _signature(query, secret).encode()) for secret in usable_secrets(secrets)]
    return any(fitting)


def usable_secrets(secrets: Sequence[bytes]) -> Sequence[bytes]:
    """The same. Raises ConfigRejected where one is missing or short: to be asked before anything is handed out."""
    if not secrets or any(len(secret) < _LEAST_SECRET_BYTES for secret in secrets):
        raise ConfigRejected(
            "a secret for signing notices is missing or short",
            where="ADPLAT_NOTICE_SECRETS",
            hint=f"give at least one of {_LEAST_SECRET_BYTES} random bytes or more",
        )
    return secrets


def _signature(query: str, secret: bytes) -> str:
    digest = hmac.digest(secret, _PURPOSE + query.encode(), "sha256")[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
