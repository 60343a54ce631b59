"""What a workspace allows of reports that are sent, and the secrets that webhooks are signed with."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from adplat.domain import ConfigRejected, ReportSchedule, SendTo, literal_address, require_far

SECRET_PREFIX = "adps_"  # noqa: S105 - how a secret begins, so that a leaked one is known for what it is


@dataclass(frozen=True, slots=True)
class SendingRules:
    """Of this workspace.

    Args:
        has_mail: whether a mail server is known.
        domains: where mail may go; empty: anywhere.
        local_webhooks: whether webhooks may go to this machine, by http too.
    """

    has_mail: bool = False
    domains: frozenset[str] = frozenset()
    local_webhooks: bool = False

    def require(self, to: SendTo) -> None:
        """Raises ConfigRejected for what is not sent from here, as far as that is seen before anything is sent."""
        if to.recipients and not self.has_mail:
            raise ConfigRejected(
                "no mail server is known here", where="recipients", hint="set ADPLAT_SMTP_HOST, or take a webhook"
            )
        for one in to.recipients:
            if self.domains and one.rpartition("@")[2].lower() not in self.domains:
                raise ConfigRejected(
                    f"mail does not go to {one[:254]!r} from here",
                    where="recipients",
                    hint=f"take an address at {', '.join(sorted(self.domains))}",
                )
        if to.webhook:
            self._require_webhook(to.webhook)

    def _require_webhook(self, address: str) -> None:
        """A number is refused here already as it would be when it is sent to; a name is resolved only then."""
        parts = urlsplit(address)
        host, is_plain = (parts.hostname or "").rstrip("."), parts.scheme != "https"
        number = literal_address(host)
        if number is not None:
            require_far(number, "webhook", local=self.local_webhooks, is_plain=is_plain)
            return
        is_here = host == "localhost" or host.endswith(".localhost")
        if is_plain and not (is_here and self.local_webhooks):
            raise ConfigRejected("a webhook without TLS", where="webhook", hint="write it as https://HOST/PATH")
        if is_here and not self.local_webhooks:
            raise ConfigRejected("a webhook to this machine", where="webhook", hint="give one elsewhere")


def webhook_secret(secret: bytes, one: ReportSchedule) -> str:
    """Follows from the workspace's own secret, so that it stands in no database; another number, another secret."""
    named = f"webhook\n{one.schedule_id}\n{one.secret_number}".encode()
    return SECRET_PREFIX + hmac.new(secret, named, hashlib.sha256).hexdigest()


def webhook_signature(secret: str, sent_s: int, body: bytes) -> str:
    """``sha256=`` and the HMAC of the time of sending, a full stop and the body."""
    return "sha256=" + hmac.new(secret.encode(), f"{sent_s}.".encode() + body, hashlib.sha256).hexdigest()
