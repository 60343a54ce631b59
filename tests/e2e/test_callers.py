"""Keys at the real service: Ray Serve behind HAProxy, both doors, from the first key to its end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import grpc
import httpx
import pytest
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (  # type: ignore[import-untyped]
    ProtoReflectionDescriptorDatabase,
)

from adplat import bootstrap
from adplat.client import BiddingClient, GrpcBiddingClient, OfferedBid, event
from adplat.domain import (
    Caller,
    EventKind,
    EventOutcome,
    InputError,
    KeyRejected,
    NotPermitted,
    Opportunity,
    Permission,
    Slot,
    UnknownReference,
    UserContext,
)
from adplat.flows.manage_keys import create_caller, revoke_keys
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace
from tests.e2e.running_service import free_port, serving

EVENING = datetime(2026, 9, 9, 20, 15, tzinfo=UTC)
PLACEMENT = "feed_300x250"
ACCEPTED, UNKNOWN = EventOutcome.ACCEPTED, EventOutcome.UNKNOWN_DECISION
# A look a second, and one for what lies between writing the file and looking.
NOTICED_WITHIN_S = 2.5
TRIES = 300


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """A workspace of its own: its keys close no other test's doors."""
    return a_real_workspace(
        tmp_path_factory.mktemp("callers"), http_port=free_port(), grpc_port=free_port(), replicas=2
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("callers-log") / "serve.log"


@pytest.fixture(scope="module")
def doors(deployed: RealWorkspace, log: Path) -> Iterator[tuple[str, str]]:
    settings = deployed.settings
    with serving(settings, log):
        yield f"http://{settings.http_host}:{settings.http_port}", f"{settings.http_host}:{settings.grpc_port}"


def made(deployed: RealWorkspace, caller: Caller) -> str:
    with bootstrap.opened_keys(deployed.settings) as parts:
        return create_caller(parts, caller).secret


def noticed_s(changed: Callable[[], bool], times: int = 20) -> float:
    """Seconds until all replicas behave so: as many answers in a row as leave no doubt."""
    begin = time.monotonic()
    row = 0
    while row < times:
        assert time.monotonic() - begin < 15, "nobody noticed"
        row = row + 1 if changed() else 0
        time.sleep(0.01)
    return time.monotonic() - begin


def refused(work: Callable[[], object], kind: type[InputError] = KeyRejected) -> bool:
    try:
        work()
    except kind:
        return True
    return False


def offered(seller: GrpcBiddingClient, asked: Opportunity) -> OfferedBid:
    """A bid; pacing leaves out some opportunities."""
    answers = (seller.bid(asked, timeout_s=5).answers["s1"] for _ in range(TRIES))
    return next(answer for answer in answers if isinstance(answer, OfferedBid))


def test_from_the_first_key_to_its_end(deployed: RealWorkspace, doors: tuple[str, str], log: Path) -> None:
    with closing(bootstrap.open_database(deployed.settings)) as database:
        creatives = bootstrap.open_catalogue(database).live_catalogue().creatives
    mine = next(one for one in creatives)
    other = next(one for one in creatives if one.advertiser_id != mine.advertiser_id)

    def rank(http: BiddingClient, *ids: str) -> str:
        return http.rank(placement=PLACEMENT, candidates=ids or (mine.creative_id,)).decision_id

    # Open while there is no key, and told so.
    assert "no API key exists" in log.read_text()
    with BiddingClient(doors[0]) as http:
        before = rank(http)
        seller_caller = Caller("seller", permissions=frozenset({Permission.BID, Permission.RECORD}))
        seller_key = made(deployed, seller_caller)
        assert noticed_s(lambda: refused(lambda: rank(http))) < NOTICED_WITHIN_S
        assert http.health().redis
    shop_key = made(deployed, Caller("shop", advertisers=frozenset({mine.advertiser_id})))

    with (
        BiddingClient(doors[0], api_key=shop_key) as http,
        GrpcBiddingClient(doors[1], api_key=shop_key) as rpc,
        GrpcBiddingClient(doors[1], api_key=seller_key) as seller,
        GrpcBiddingClient(doors[1], patience_s=0) as nobody,
    ):
        noticed_s(lambda: not refused(lambda: rank(http)))
        noticed_s(lambda: not refused(lambda: rpc.score(placement=PLACEMENT, creative_ids=[mine.creative_id])))
        # Without a key: one clear line over gRPC, what is open stays open.
        with pytest.raises(KeyRejected, match="no API key"):
            nobody.score(placement=PLACEMENT, creative_ids=[mine.creative_id])
        assert nobody.health().redis
        with grpc.insecure_channel(doors[1]) as channel:
            assert "adplat.bidding.v1.Bidding" in ProtoReflectionDescriptorDatabase(channel).get_services()
        # What others own does not exist, and what is not permitted is said.
        for ask in (
            lambda: rank(http, other.creative_id),
            lambda: rpc.score(placement=PLACEMENT, creative_ids=[other.creative_id]),
        ):
            with pytest.raises(UnknownReference, match="is not live"):
                ask()
        with pytest.raises(NotPermitted, match="may not score"):
            seller.score(placement=PLACEMENT, creative_ids=[mine.creative_id])
        # A bid belongs to whom it was given; its signed addresses to whoever holds them.
        asked = Opportunity("r", EVENING, (Slot("s1", PLACEMENT),), UserContext(""), {"language": "zh"})
        offer = offered(seller, asked)
        now = datetime.now(UTC)
        billed = replace(event(offer.decision_id, EventKind.BILLING, now), price_micros=offer.price.amount_micros)
        assert rpc.record([billed]) == [UNKNOWN]
        assert seller.record([billed]) == [ACCEPTED]
        decision = rank(http)
        shown = event(decision, EventKind.IMPRESSION, now)
        assert seller.record([shown]) == [UNKNOWN]
        assert http.send_events([shown]) == [ACCEPTED]
        # What was decided while the door was open belongs to nobody in particular.
        assert http.send_events([event(before, EventKind.IMPRESSION, now)]) == [ACCEPTED]

        with httpx.Client(base_url=doors[0]) as web:
            body = json.dumps(
                {"id": "a", "imp": [{"id": "1", "tagid": PLACEMENT, "banner": {}}], "device": {"language": "zh"}}
            ).encode()
            assert web.post("/openrtb2/bid", content=body).status_code == 401
            answers = (web.post("/openrtb2/bid", content=body, headers={"x-api-key": seller_key}) for _ in range(TRIES))
            answer = next(one for one in answers if one.status_code != 204)  # 204: paced, this time
            assert answer.status_code == 200, answer.headers
            [bid] = answer.json()["seatbid"][0]["bid"]
            assert web.get(bid["iurl"]).status_code == 200
            filled = bid["burl"].replace("${AUCTION_PRICE}", str(bid["price"])).replace("${AUCTION_CURRENCY}", "CNY")
            assert web.get(filled).status_code == 204

        with bootstrap.opened_keys(deployed.settings) as parts:
            revoke_keys(parts, "shop")
        assert noticed_s(lambda: refused(lambda: rank(http))) < NOTICED_WITHIN_S
        with pytest.raises(KeyRejected, match="was revoked"):
            rpc.score(placement=PLACEMENT, creative_ids=[mine.creative_id])
        assert offered(seller, asked).decision_id != offer.decision_id
    # No key has found its way into a log or a file of the workspace.
    for path in [log, *deployed.settings.workspace.rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert seller_key.encode() not in content and shop_key.encode() not in content, path
