"""What sendings of saved reports stand on; an idle process keeps it loaded, and no report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adplat.domain import Clock, PeopleStore, ReportSends, SavedReports, Viewer

if TYPE_CHECKING:
    from adplat.flows.report_parts import ReportParts
    from adplat.flows.sending_rules import SendingRules


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to one e-mail address."""

    recipient: str
    subject: str
    text: str
    message_id: str
    file_name: str
    media_type: str
    content: bytes


class Post(Protocol):
    """POSTs a body to an address and gives the status. Raises NotTaken, ConfigRejected."""

    def __call__(self, address: str, body: bytes, headers: Mapping[str, str]) -> int: ...


@dataclass(frozen=True, slots=True)
class SendParts:
    """What a sending stands on. ``reports`` and ``saved`` answer as a viewer sees them; ``secret`` is the workspace's.

    Args:
        mail: hands in one e-mail; raises NotTaken, ConfigRejected.
        link: where the pages are, for the link in an e-mail; empty: none.
    """

    sends: ReportSends
    people: PeopleStore
    saved: Callable[[Viewer], SavedReports]
    reports: Callable[[Viewer], ReportParts]
    mail: Callable[[Letter], None]
    post: Post
    rules: SendingRules
    secret: bytes
    clock: Clock
    link: str = ""
