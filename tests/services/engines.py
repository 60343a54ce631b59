"""An engine over a shop's snapshot and a real Valkey, as a replica opens it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from adplat.domain import Clock, Counts, SystemClock
from adplat.flows.bid_notices import NoticeDesk
from adplat.privacy import DEFAULT_RULES, ConsentRules
from adplat.snapshots import DeploymentPointer
from adplat.storage import DecisionWriter, open_bid_state, open_online_state
from services.bidding.engine import BiddingEngine
from services.bidding.metrics import DECISIONS
from tests.flows.small_shop import PlainScorer, Shop

DESK = NoticeDesk("https://ads.example", (b"0123456789abcdef",))


@asynccontextmanager
async def an_engine(
    shop: Shop,
    url: str,
    *,
    clock: Clock | None = None,
    poll_s: float = 0.05,
    namespace: str = "",
    rules: ConsentRules = DEFAULT_RULES,
    request_sample: float = 0.0,
) -> AsyncIterator[BiddingEngine]:
    """Started, and closed with everything it wrote."""
    namespace = namespace or f"s{os.getpid()}-{shop.workspace.parent.name}"
    bids = open_bid_state(url, namespace=namespace, timeout_s=10.0)
    try:
        counts = Counts()
        async with DecisionWriter(bids, patience_s=0.2, counts=counts, series=DECISIONS) as writer:
            engine = BiddingEngine(
                online=open_online_state(url, namespace=namespace, timeout_s=10.0),
                bids=bids,
                writer=writer,
                desk=DESK,
                pointer=DeploymentPointer(shop.workspace),
                load_scorer=PlainScorer.load,
                clock=clock or SystemClock(),
                rng=np.random.default_rng(),
                poll_s=poll_s,
                rules=rules,
                request_sample=request_sample,
                counts=counts,
            )
            await engine.start()
            try:
                yield engine
            finally:
                await engine.close()
    finally:
        await bids.close()
