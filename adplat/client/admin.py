"""The admin service for programs: its generated client with a key, patience, whole lists and our own errors.

Every operation of ``/v1`` is a module of ``client.generated.admin_api.api``, typed by the service's own OpenAPI
document; this says how one is asked. Refusals are told by the service (RFC 9457) and raised as the errors that flows
raise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from types import TracebackType
from typing import Generic, Protocol, TypeVar

import httpx
import msgspec

from adplat.client.generated.admin_api import AuthenticatedClient
from adplat.client.generated.admin_api.models import Problem
from adplat.client.generated.admin_api.types import Response
from adplat.domain import (
    ChangedMeanwhile,
    ConfigRejected,
    InputError,
    KeyRejected,
    NotPermitted,
    StoreUnreachable,
    TooManyTries,
    UnknownReference,
)

T = TypeVar("T")
Item_co = TypeVar("Item_co", covariant=True)
_LATER = frozenset({429, 503})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ERRORS: dict[int, type[InputError]] = {
    401: KeyRejected,
    403: NotPermitted,
    404: UnknownReference,
    412: ChangedMeanwhile,
    429: TooManyTries,
    500: StoreUnreachable,
    502: StoreUnreachable,
    503: StoreUnreachable,
    504: StoreUnreachable,
}
Api = AuthenticatedClient


class Listed(Protocol[Item_co]):
    """One page of a list."""

    @property
    def items(self) -> Sequence[Item_co]:
        """In the list's order."""
        ...

    @property
    def next_(self) -> str | None:
        """The cursor of the page after; ``None`` at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Tagged(Generic[T]):
    """Something with the ETag by which it is changed as it was seen (``if_match``)."""

    value: T
    etag: str


class AdminClient:
    """One admin service, on behalf of whom a personal key belongs to.

    Example::

        from adplat.client.admin import AdminClient
        from adplat.client.generated.admin_api.api.catalogue import edit_campaign, list_campaigns, read_campaign
        from adplat.client.generated.admin_api.models import CampaignChanges

        with AdminClient("http://127.0.0.1:8480", api_key="adp_…") as admin:
            for one in admin.every(lambda api, cursor: list_campaigns.sync_detailed(client=api, cursor=cursor)):
                print(one.campaign_id, one.name)
            seen = admin.tagged(lambda api: read_campaign.sync_detailed("k1", client=api))
            changes = CampaignChanges(name="Later")
            admin.ask(lambda api: edit_campaign.sync_detailed("k1", client=api, body=changes, if_match=seen.etag))

    Args:
        url: where the service listens.
        api_key: a personal key, made by its owner (``POST /v1/keys``).
        timeout_s: limit for one exchange.
        patience_s: how long it may wait, in all, for a service that says *later* (429 and 503 with ``Retry-After``).
            What reads is sent again, and what carries an ``Idempotency-Key``; all else is refused at once.
        transport, sleep: the tests' doors.

    What asks raises KeyRejected (no key that holds), NotPermitted, UnknownReference, ChangedMeanwhile (it is no longer
    what was seen), TooManyTries, ConfigRejected (all else that is wrong with what was sent), and StoreUnreachable
    (no answer, or none in time).
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str,
        timeout_s: float = 60.0,
        patience_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        patient = PatientTransport(transport or httpx.HTTPTransport(), patience_s, sleep)
        self._api = AuthenticatedClient(
            url, token=api_key, timeout=httpx.Timeout(timeout_s), httpx_args={"transport": patient}
        )

    def ask(self, operation: Callable[[Api], Response[Problem | T]]) -> T:
        """What the service answers. ``operation`` calls ``sync_detailed`` of a module of ``admin_api.api``."""
        return self.tagged(operation).value

    def tagged(self, operation: Callable[[Api], Response[Problem | T]]) -> Tagged[T]:
        """The same with its ETag; empty where it has none."""
        answer = self._answer(operation)
        if answer.parsed is None or isinstance(answer.parsed, Problem):
            raise self._somebody_else(answer)
        return Tagged(answer.parsed, answer.headers.get("etag", ""))

    def do(self, operation: Callable[[Api], Response[T]]) -> None:
        """For what answers nothing, such as the end of a key."""
        self._answer(operation)

    def content(self, operation: Callable[[Api], Response[T]]) -> bytes:
        """The file that it answers, such as a picture or a report."""
        return self._answer(operation).content

    def every(self, page: Callable[[Api, str], Response[Problem | Listed[T]]]) -> Iterator[T]:
        """Each thing of a list, page after page; ``page`` is given the cursor, empty for the first."""
        cursor: str | None = ""
        while cursor is not None:
            found: Listed[T] = self.ask(partial(_turned_to, page, cursor))
            yield from found.items
            cursor = found.next_

    def close(self) -> None:
        """Give the connections back."""
        self._api.get_httpx_client().close()

    def __enter__(self) -> AdminClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, operation: Callable[[Api], Response[T]]) -> Response[T]:
        try:
            answer = operation(self._api)
        except httpx.TransportError as reason:
            raise StoreUnreachable(
                f"the admin service does not answer: {reason or type(reason).__name__}",
                where=self._url,
                hint="start it with 'adplat admin' or give another address",
            ) from reason
        except (ValueError, TypeError, KeyError, AttributeError) as reason:  # of the generated reading of an answer
            raise StoreUnreachable(
                "the answer is not what the admin service answers",
                where=self._url,
                hint="give the address of an 'adplat admin' of this version",
            ) from reason
        if answer.status_code >= 400:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: Response[T]) -> InputError:
        try:
            told = msgspec.json.decode(answer.content, type=_Told)
        except msgspec.DecodeError:
            return self._somebody_else(answer)
        kind = _ERRORS.get(answer.status_code, ConfigRejected)
        return kind(told.detail, where=told.where, hint=told.hint or "see docs/admin-api.md and /openapi.json")

    def _somebody_else(self, answer: Response[T]) -> StoreUnreachable:
        return StoreUnreachable(
            f"{answer.status_code} came from somebody who is no admin service",
            where=self._url,
            hint="start it with 'adplat admin' or give another address",
        )


def _turned_to(
    page: Callable[[Api, str], Response[Problem | Listed[T]]], cursor: str, api: Api
) -> Response[Problem | Listed[T]]:
    return page(api, cursor)


class _Told(msgspec.Struct):
    """Of RFC 9457 what we say."""

    detail: str
    where: str = ""
    hint: str = ""


class PatientTransport(httpx.BaseTransport):
    """Waits as long as a server asks, where sending again does nothing twice."""

    def __init__(self, inner: httpx.BaseTransport, patience_s: float, sleep: Callable[[float], None]) -> None:
        self._inner, self._patience_s, self._sleep = inner, patience_s, sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, and again while there is patience left."""
        left_s = self._patience_s
        while True:
            answer = self._inner.handle_request(request)
            may_again = request.method in _SAFE or "idempotency-key" in request.headers
            wait_s = retry_after_s(answer.headers.get("retry-after", ""), datetime.now(UTC))
            if answer.status_code not in _LATER or not may_again or wait_s is None or wait_s > left_s:
                return answer
            answer.close()
            self._sleep(wait_s)
            left_s -= max(wait_s, 0.1)  # one that asks for no wait at all does not go on for ever

    def close(self) -> None:
        """And what it sends by."""
        self._inner.close()


def retry_after_s(told: str, now: datetime) -> float | None:
    """Seconds of a ``Retry-After`` (RFC 9110, 10.2.3: seconds, or a moment); ``None`` where it says nothing."""
    if told.strip().isdecimal():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp())
