"""The shop behind the story: a simulated catalogue, a model trained on its log, and the doors that bid with it.

Nothing stands in for anything: the snapshot is published by ``adplat deploy``, bids are decided by the deployment that
Ray Serve runs (here under uvicorn), events lie in Valkey until the worker's fold has counted them into hourly metrics.
What talks on an event loop does so in a thread of its own, since the browser's is that of the test.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Role, User
from adplat.flows.manage_people import add_person
from services.bidding.app import open_deployment
from services.bidding.http import bidding_app
from services.bidding.worker import fold_until
from services.hosting.jobs import do_due_jobs
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace, quiet
from tests.e2e.running_service import free_port
from tests.services.admin.admins import CHEAP, WORDS, Admin
from tests.services.asked_by_schema import serving

PLACEMENT = "feed_300x250"
ADVERTISER = "a000"
PEOPLE = (User("mei", Role.ADVERTISER, "梅", frozenset({ADVERTISER})), User("olga", Role.OPERATOR))


@dataclass(frozen=True)
class Shown:
    """One bid that won: which creative stood there, and what it cost."""

    creative_id: str
    price_micros: int


@dataclass(frozen=True)
class RealShop:
    """One workspace with Valkey running. ``admin`` is the application over it."""

    real: RealWorkspace
    settings: Settings
    admin: Admin

    def deploy(self) -> dict[str, object]:
        """``adplat deploy`` of the same bundle over the catalogue as it is now."""
        return _elsewhere(
            lambda: bootstrap.deploy_bundle(self.settings, self.real.bundle_dir, self.real.world_dir, quiet)
        )

    @contextmanager
    def doors(self) -> Iterator[httpx.Client]:
        """The service, as a seller or a publisher asks it; it follows what is deployed."""

        @asynccontextmanager
        async def opened() -> Any:
            async with open_deployment(self.settings, self.settings.redis_url) as deployment:
                yield deployment

        with (
            serving(bidding_app(opened), self.settings.http_port) as address,
            httpx.Client(base_url=address, timeout=20.0) as client,
        ):
            yield client

    def fold(self) -> None:
        """What ``adplat worker --once`` does: count all that was told, then do the jobs that are due."""
        stop = threading.Event()

        def told(progress: Any, released: int, credited: Any) -> None:
            if not (progress.entries or released or credited.settled or progress.lost_race):
                stop.set()

        _elsewhere(lambda: fold_until(self.settings, self.settings.redis_url, stop, told, linger_s=0.0))
        _elsewhere(lambda: do_due_jobs(self.settings))


@contextmanager
def a_real_shop(folder: Path) -> Iterator[RealShop]:
    """Simulated, trained, deployed once, with an advertiser's person and an operator."""
    port = free_port()
    real = a_real_workspace(folder, http_port=port, public_url=f"http://127.0.0.1:{port}", actor="olga")
    with bootstrap.opened_people(real.settings) as people:
        for user in PEOPLE:
            add_person(replace(people, cost=CHEAP), user, WORDS)
    with bootstrap.embedded_valkey(real.settings) as valkey:
        settings = real.settings.model_copy(update={"redis_url": valkey.url})
        yield RealShop(real, settings, Admin(settings))


def bought(seller: httpx.Client, requests: int, click_every: int) -> list[Shown]:
    """Auctions in our place; every bid wins at its own price and is shown, and some showings are clicked."""
    shown = []
    for number in range(requests):
        asked = {
            "id": f"auction-{number}",
            "imp": [{"id": "1", "tagid": PLACEMENT, "banner": {"w": 300, "h": 250}}],
            "cur": ["CNY"],
            "device": {"language": "zh"},
            "user": {"id": f"reader-{number}"},
        }
        answer = seller.post("/openrtb2/bid", json=asked)
        if answer.status_code == 204:
            continue
        assert answer.status_code == 200, answer.headers
        [bid] = answer.json()["seatbid"][0]["bid"]
        markup = html.unescape(bid["adm"])
        assert httpx.get(bid["iurl"]).headers["content-type"] == "image/png"
        told = bid["burl"].replace("${AUCTION_PRICE}", str(bid["price"])).replace("${AUCTION_CURRENCY}", "CNY")
        assert httpx.get(told).status_code == 204
        pixel = markup.rsplit('src="', 1)[1].split('"')[0]
        assert httpx.get(pixel).status_code == 200
        if len(shown) % click_every == 0:
            [click] = re.findall(r'href="([^"]+)"', markup)
            assert httpx.get(click).status_code == 302
        shown.append(Shown(bid["crid"], round(bid["price"] * 1000)))
    return shown


def placed(
    publisher: httpx.Client, campaign_id: str, readers: Sequence[str], click_every: Mapping[str, int]
) -> list[str]:
    """A creative of the campaign on each reader's page; every so many readers click it. Gives the arms they were in."""
    arms = []
    for number, reader in enumerate(readers):
        asked = {"placement": PLACEMENT, "campaign_id": campaign_id, "user": {"user_key": reader}}
        told = publisher.post("/v1/rank", json=asked).json()
        arms += told["experiments"]
        likes = number % click_every[told["creatives"][0]["creative_id"]] == 0
        kinds = ["impression", "click"] if likes else ["impression"]
        events = [{"kind": kind, "decision_id": told["decision_id"]} for kind in kinds]
        assert publisher.post("/v1/events", json={"events": events}).status_code == 200
    return arms


def _elsewhere(call: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result(120)
