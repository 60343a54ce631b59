"""Every address of ``adplat admin`` that can be read, asked by people of every role: how long each takes.

The addresses are those that the application tells of itself (``/openapi.json``: operations, and ``x-pages``), so a new
page is asked from the day it is there. Ids of a kind that the market does not make are taken from links of the pages.
"""

from __future__ import annotations

import html
import http.client
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from adplat.domain import InternalFault, Progress, Role
from adplat.flows.bench_admin_market import PASSWORD

TIMEOUT_S = 60.0
# A server keeps an idle connection for five seconds.
_IDLE_S = 3.0
Get = Callable[[str], tuple[int, bytes, float]]
_ID = re.compile(r"\{(\w+)\}")
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')
# Not of a workspace: files, the choice of a language, signing in.
_APART = ("/static/", "/language/", "/sign-in", "/openapi.json")


@dataclass(frozen=True, slots=True)
class Address:
    """``name`` is what the application calls it, or what it was asked for besides; ``path`` what is asked."""

    name: str
    path: str

    @property
    def is_report(self) -> bool:
        """Whether it adds up as much as its asker wants, and not what one page shows."""
        return self.path.startswith("/v1/reports")


@dataclass
class Asked:
    """What came back of one address for one role: seconds of answers that count, what of them the service computed,
    and all statuses."""

    took_s: list[float] = field(default_factory=list)
    computed_s: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)


class Reader:
    """Somebody who is signed in, on one connection that stays open. Raises InternalFault where nobody is let in."""

    def __init__(self, port: int, user_id: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        body = json.dumps({"user_id": user_id, "password": PASSWORD})
        self._connection.request("POST", "/v1/session", body, {"content-type": "application/json"})
        answer = self._connection.getresponse()
        told = answer.read()
        cookie = answer.getheader("set-cookie", "")
        if answer.status != 201 or not cookie:
            raise InternalFault(
                f"{user_id} was not let in: {answer.status}",
                where=told.decode(errors="replace")[:200],
                hint="read admin.log",
            )
        self._asked_at = time.monotonic()
        self._headers = {"cookie": cookie.partition(";")[0], "accept-language": "en"}

    def get(self, path: str) -> tuple[int, bytes, float]:
        """Status, body, and how long it took, in seconds."""
        if time.monotonic() - self._asked_at > _IDLE_S:
            self._connection.close()  # the server has closed it, or is about to; it is opened anew by itself
        begun = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        took_s = time.perf_counter() - begun
        self._asked_at = time.monotonic()
        return answer.status, told, took_s

    def close(self) -> None:
        """The session ends by itself."""
        self._connection.close()


def addresses_of(
    get: Get, ids: Mapping[str, str], besides: Iterable[Address], told: Mapping[str, str]
) -> tuple[list[Address], list[str]]:
    """All that can be read, ``besides`` with them, and the names of those for which no id or parameter is known.

    ``get`` is that of a Reader; ``told``: what is given to operations that want it, by parameter.
    """
    status, content, _ = get("/openapi.json")
    if status != 200:
        raise InternalFault(
            f"the application does not tell what it has: {status}", where="/openapi.json", hint="read admin.log"
        )
    document = json.loads(content)
    asked_with = {path: _query(one["get"], told) for path, one in document["paths"].items() if "get" in one}
    asked_with |= dict.fromkeys(document["x-pages"], "")
    names = [name for name in sorted(asked_with) if not name.startswith(_APART)]
    links = _links(get, [name for name in document["x-pages"] if "{" not in name and name in names])
    found, unknown = [], []
    for name in names:
        query, path = asked_with[name], _path(name, ids, links)
        if path is None or query is None:
            unknown.append(name)
        else:
            found.append(Address(name, path + query))
    # What stands behind "next page".
    for link in sorted(links):
        parts = urlsplit(link)
        if "cursor=" in parts.query and parts.path in names:
            found.append(Address(f"{parts.path}, second page", link))
            names.remove(parts.path)
    return [*found, *besides], unknown


def ask_all(
    readers: Mapping[Role, Reader],
    addresses: Sequence[Address],
    times: int,
    draw: random.Random,
    progress: Progress,
    computed_s: Callable[[], float],
    counted: frozenset[int] = frozenset({200}),
) -> dict[tuple[str, Role], Asked]:
    """Each address by each role so often, all of them in another order each round.

    Answers of the statuses ``counted`` count; ``computed_s`` tells what the service has computed so far.
    """
    found = {(one.name, role): Asked() for one in addresses for role in readers}
    for number in range(times):
        round_ = [(one, role) for one in addresses for role in readers]
        draw.shuffle(round_)
        for one, role in round_:
            asked = found[one.name, role]
            if asked.statuses and not asked.took_s:
                continue  # not this role's
            before_s = computed_s()
            status, _, took_s = readers[role].get(one.path)
            asked.statuses.add(status)
            if status in counted:
                asked.took_s.append(took_s)
                asked.computed_s.append(computed_s() - before_s)
        progress(number + 1, times, "rounds over all pages")
    return found


def _links(get: Get, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        status, content, _ = get(name)
        if status == 200:
            found |= {html.unescape(link) for link in _LINK.findall(content.decode(errors="replace"))}
    return found


def _path(name: str, ids: Mapping[str, str], links: Iterable[str]) -> str | None:
    """With ids in their places; ``None``: nobody knows one."""
    if all(one in ids for one in _ID.findall(name)):
        return _ID.sub(lambda one: quote(ids[one[1]], safe=""), name)
    pattern = re.compile(
        "".join(re.escape(part) if place % 2 == 0 else "[^/?]+" for place, part in enumerate(_ID.split(name)))
    )
    return min((link for link in links if pattern.fullmatch(link)), default=None)


def _query(operation: Mapping[str, Any], told: Mapping[str, str]) -> str | None:
    """What an operation must be told; ``None``: something that nobody knows."""
    wanted = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    if not set(wanted) <= set(told):
        return None
    return f"?{urlencode({name: told[name] for name in wanted})}" if wanted else ""
