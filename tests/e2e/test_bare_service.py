"""The bare servers that Ray Serve is measured against run the same deployment; loads reach both of their doors."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

from adplat import bootstrap
from adplat.client import BiddingClient, GrpcBiddingClient, KeepAliveConnection, RawGrpcCaller
from adplat.client.messages import score_message
from adplat.flows.bench_bidding_fuzz import Stock
from adplat.flows.bench_bidding_services import PLACEMENT, ServedAs, Workload, running_services
from adplat.flows.load_generator import closed_loop
from tests.e2e.real_workspace import RealWorkspace


def test_both_doors_of_the_bare_service_answer_a_load(deployed: RealWorkspace, tmp_path: Path) -> None:
    with closing(bootstrap.open_database(deployed.settings)) as database:
        live = bootstrap.open_catalogue(database).live_catalogue()
    ids = [creative.creative_id for creative in live.creatives[:8]]
    body = json.dumps({"placement": PLACEMENT, "candidates": ids}).encode()
    message = score_message(PLACEMENT, ids, "", None, None, 0, None).SerializeToString()
    work = Workload(deployed.settings.workspace, len(ids), 0, (message,), (body,), (), Stock((), (), ()))
    with running_services(tmp_path, work, (ServedAs.BARE,)) as served:
        bare = served[ServedAs.BARE]
        assert 0.0 < bare.handler_ms < 100.0
        url = f"http://127.0.0.1:{bare.http_port}"
        with BiddingClient(url) as http, GrpcBiddingClient(bare.grpc_address) as rpc:
            assert http.health().creatives == len(live.creatives)
            assert len(rpc.score(placement=PLACEMENT, creative_ids=ids).p_ctr) == len(ids)

        async def load() -> None:
            rpc = RawGrpcCaller(bare.grpc_address, "Score")
            web = KeepAliveConnection("127.0.0.1", bare.http_port, "/v1/score")
            for send, payload in ((rpc.send, message), (web.post, body)):
                seen = await closed_loop([send], [payload], 0.3)
                assert seen.answered.all()
                assert len(seen.status) > 10
            await rpc.close()
            await web.close()

        asyncio.run(load())
