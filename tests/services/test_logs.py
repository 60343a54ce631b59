"""One JSON document a line for what goes wrong, with the ids to find it by, and nobody named in it."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
import redis

from adplat import bootstrap
from adplat.domain import ConfigRejected, EventKind, SystemClock
from adplat.flows.fold_events import FoldProgress
from adplat.flows.record_events import ReportedEvent
from adplat.storage import EmbeddedValkey
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.worker import fold_until
from services.hosting.logs import LINES_A_SECOND, writing_logs
from tests.flows.small_shop import Shop
from tests.services.engines import DESK, an_engine
from tests.services.seller_shop import a_seller_shop

IMP = {"id": "1", "banner": {"w": 24, "h": 24}, "tagid": "feed"}
ASKED = {"id": "auction-7", "cur": ["CNY"], "imp": [IMP], "user": {"id": "u-secret"}, "device": {"ip": "203.0.113.9"}}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_seller_shop(tmp_path / "shop")


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_goes_wrong_has_its_ids_and_names_nobody(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = bootstrap.read_settings(workspace=shop.workspace)

    async def work() -> str:
        clock = SystemClock()
        async with an_engine(shop, valkey.url, namespace="logs-wrong") as engine:
            door = OpenRtbDoor(engine, DESK, "https://media.example", clock)
            bid = json.loads((await door.bid(json.dumps(ASKED).encode())).body)["seatbid"][0]["bid"][0]
            await engine.record([ReportedEvent(EventKind.BILLING, bid["id"], price_micros=10**12)])
            await engine.record([ReportedEvent(EventKind.CLICK, "unheard")])

            async def fail(*_: object) -> None:
                raise ValueError("cannot handle u-secret at 203.0.113.9")

            monkeypatch.setattr(engine, "bid", fail)
            assert (await door.bid(json.dumps(ASKED).encode())).status == 500
            assert (await door.notice("/notice/win?d=1")).status == 403
            return str(bid["id"])

    with writing_logs(settings, "replica"):
        decision_id = asyncio.run(work())
    path = shop.workspace / "logs" / "adplat.jsonl"
    dear, unknown, failed, refused = lines_of(path)
    assert (dear["level"], dear["decision_id"], dear["kind"]) == ("warning", decision_id, "billing")
    assert (unknown["level"], unknown["decision_id"]) == ("info", "unheard")
    assert (failed["level"], failed["request_id"], failed["error"]) == ("error", "auction-7", "ValueError")
    assert any("fail" in frame for frame in failed["stack"])
    assert "request_id" not in refused and refused["reason"] == "a notice is not signed by us"
    assert all(line["process"] == "replica" and line["ts"].endswith("Z") for line in (dear, failed))
    for personal in ("u-secret", "203.0.113", "shop.example"):
        assert personal not in path.read_text()


def test_the_worker_logs_each_round_and_what_it_puts_aside(shop: Shop, valkey: EmbeddedValkey) -> None:
    settings = bootstrap.read_settings(workspace=shop.workspace, redis_url=valkey.url, namespace="logs-worker")
    with redis.Redis.from_url(valkey.url) as client:
        client.xadd("logs-worker:stream", {"decision": b"\xff no decision of u-secret"})
    stop = threading.Event()

    def told(progress: FoldProgress, *_: object) -> None:
        if not progress.entries:
            stop.set()

    with writing_logs(settings, "worker"):
        fold_until(settings, valkey.url, stop, told, linger_s=0.0)
    aside, turn = lines_of(shop.workspace / "logs" / "adplat.jsonl")
    assert (aside["level"], aside["position"]) == ("warning", turn["folded_to"])
    assert aside["reason"]
    assert (turn["event"], turn["entries"], turn["malformed"]) == ("a round", 1, 1)
    assert "u-secret" not in (shop.workspace / "logs" / "adplat.jsonl").read_text()


def test_a_flood_of_one_sentence_is_counted_and_no_other_suffers(tmp_path: Path) -> None:
    settings = bootstrap.read_settings(workspace=tmp_path)
    log = logging.getLogger("services.flooded")
    with writing_logs(settings, "replica"):
        for number in range(10 * LINES_A_SECOND):
            log.info("the same", extra={"count": number, "user_key": "u-secret"})
        log.info("another")
    lines = lines_of(tmp_path / "logs" / "adplat.jsonl")
    # At most twice a second's, where the second ended in the middle.
    assert LINES_A_SECOND <= sum(line["event"] == "the same" for line in lines) <= 2 * LINES_A_SECOND
    assert lines[-1]["event"] == "another"
    assert not any("user_key" in line for line in lines)


def test_the_level_and_the_file_are_settings(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("adplat.somewhere")
    settings = bootstrap.read_settings(workspace=tmp_path, log_level="error", log_file="-")
    with writing_logs(settings, "worker"):
        log.warning("not told")
        log.error("told")
    assert [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()] == ["told"]
    assert not (tmp_path / "logs").exists()
    (tmp_path / "taken").write_text("")
    wrong = bootstrap.read_settings(workspace=tmp_path, log_file=str(tmp_path / "taken" / "x.jsonl"))
    with pytest.raises(ConfigRejected, match="cannot be written"), writing_logs(wrong, "worker"):
        raise AssertionError
    with pytest.raises(ConfigRejected, match="log_level"):
        bootstrap.read_settings(log_level="loud")
