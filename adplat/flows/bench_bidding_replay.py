"""Whether the service sees what training sees: everything it answers is logged, and replayed through the offline path.

The real service, its worker and the shipped command. Requests come through every door, of people known, unknown and
unrecognised, told in many ways; between them clicks are reported and folded, so that histories move. Every other round
does not wait for the worker, so that some requests come before what was just told is folded.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from adplat.client import AsyncGrpcBiddingClient, KeepAliveConnection, OfferedBid
from adplat.data import read_table
from adplat.domain import Event, EventKind, Figure, InternalFault, Opportunity, PrivacySignals, Slot, UserContext
from adplat.flows.bench_bidding_services import (
    COUNTRIES,
    PLACEMENT,
    ServedAs,
    ServedService,
    Workload,
    running_services,
)
from adplat.flows.replay_report import LARGEST_SCORE_DIFFERENCE

REQUESTS, QUICK_REQUESTS = 3000, 600
ROUNDS, PEOPLE, RANKED = 10, 40, 12
# Longer than the worker needs for what one round tells it.
FOLDED_AFTER_S = 2.0
SHOWN, CLICKED, BOUGHT = 0.8, 0.4, 0.1
DEVICES = ("phone", "tablet", "desktop", "fridge", "")
DOOR_NAMES = ("rank", "Bid", "openrtb")


@dataclass(frozen=True)
class Asked:
    """Who asks, from where, with what told beside; ``number`` makes it one of its kind."""

    number: int
    user_key: str
    device: str
    hour: float | str | None
    country: str
    attributes: dict[str, str | float]
    opted_out: bool


def some_requests(people: Sequence[str], count: int, rng: np.random.Generator) -> list[Asked]:
    """Drawn by lot: mostly known people; a twelfth unknown, a twelfth without a key, a tenth opted out."""
    asked = []
    for number in range(count):
        who = int(rng.integers(0, 12))
        user_key = "" if who == 0 else f"unknown-{rng.integers(0, 20)}" if who == 1 else str(rng.choice(people))
        hour = int(rng.integers(0, 24))
        told: list[float | str | None] = [hour, str(hour), float(hour), None, "noon"]
        attributes: list[dict[str, str | float]] = [
            {},
            {},
            {"gender": "female"},
            {"age_band": "25-34", "city_tier": 1.0},
        ]
        asked.append(
            Asked(
                number,
                user_key,
                DEVICES[int(rng.integers(0, len(DEVICES)))],
                told[int(rng.integers(0, len(told)))],
                f"C{rng.integers(0, COUNTRIES):02d}",
                attributes[int(rng.integers(0, len(attributes)))],
                bool(rng.random() < 0.1),
            )
        )
    return asked


def replay_figures(place: Path, work: Workload, *, quick: bool) -> list[Figure]:
    """Serve, ask, fold and replay; both figures. Raises InternalFault where the replay itself does not run."""
    place.mkdir()
    told = {"ADPLAT_REPLAY_SHARE": "1"}
    rng, count = np.random.default_rng(5), QUICK_REQUESTS if quick else REQUESTS
    with running_services(place, work, (ServedAs.OURS,), told) as served:
        decided = asyncio.run(_play(served[ServedAs.OURS], work.workspace, count, rng))
    workspace = str(place / f"ws-{ServedAs.OURS}")
    _command("worker", "--once", "--workspace", workspace)
    return figures_of(decided, _command("replay", "--limit", "0", "--workspace", workspace))


def figures_of(decided: Mapping[str, int], told: Mapping[str, Any]) -> list[Figure]:
    """From how many decisions came through each door, and the document of ``adplat replay --json``.

    Raises InternalFault where a door gave none, or where one of them is missing in the replay.
    """
    if told["decisions"] != sum(decided.values()) or not all(decided.values()):
        doors = ", ".join(f"{door} {count}" for door, count in decided.items())
        raise InternalFault(
            f"{told['decisions']} of these decisions were replayed: {doors}", where="bidding.5", hint="read the logs"
        )
    rows, scores = told["rows"], told["scores"]
    differing = ", ".join(told["features"]["differing"]) or "none"
    by_design = ", ".join(f"{name} {count:,}" for name, count in told["by_design"].items() if count)
    largest = scores["largest_difference"]
    return [
        Figure(
            "bidding.5.features",
            f"logged decisions ({', '.join(f'{door} {count:,}' for door, count in decided.items())}) rebuilt offline, "
            f"{rows['from_impressions']:,} of the rows from impressions: rows with every feature the same (differing: "
            f"{differing}; by design: {by_design})",
            rows["identical"] / rows["replayed"],
            "share",
            ">=",
            1.0,
            n=rows["replayed"],
        ),
        Figure(
            "bidding.5.scores",
            "the same rows scored offline: largest difference of pCTR or pCVR",
            # A score that only one side has is as far away as a probability can be.
            1.0 if largest is None else largest,
            "",
            "<=",
            LARGEST_SCORE_DIFFERENCE,
            n=rows["replayed"],
        ),
    ]


async def _play(service: ServedService, workspace: Path, count: int, rng: np.random.Generator) -> Counter[str]:
    """How many decisions came through each door."""
    # Few people, so that histories are met again.
    people = read_table(workspace / "catalogue" / "users.parquet")["user_key"].to_list()[:PEOPLE]
    creatives = read_table(workspace / "catalogue" / "creatives.parquet")["creative_id"].to_list()
    doors = [KeepAliveConnection("127.0.0.1", service.http_port, path) for path in ("/v1/rank", "/openrtb2/bid")]
    asked, by_door = some_requests(people, count, rng), Counter(dict.fromkeys(DOOR_NAMES, 0))
    async with AsyncGrpcBiddingClient(service.grpc_address) as rpc:
        for number in range(ROUNDS):
            decided: list[str] = []
            for one in asked[number::ROUNDS]:
                came = await _ask(one, creatives, doors, rpc, rng)
                by_door[_door_of(one)] += len(came)
                decided += came
            await rpc.record(list(_happened(decided, rng)))
            await asyncio.sleep(FOLDED_AFTER_S if number % 2 else 0.0)
    for door in doors:
        await door.close()
    return by_door


def _door_of(one: Asked) -> str:
    return DOOR_NAMES[one.number % len(DOOR_NAMES)]


async def _ask(
    one: Asked,
    creatives: Sequence[str],
    doors: Sequence[KeepAliveConnection],
    rpc: AsyncGrpcBiddingClient,
    rng: np.random.Generator,
) -> list[str]:
    """The decisions that came of it."""
    facts = {name: value for name, value in (("device", one.device), ("hour", one.hour)) if value not in (None, "")}
    door = _door_of(one)
    if door == "rank":
        body: dict[str, Any] = {
            "placement": PLACEMENT,
            "candidates": [str(name) for name in rng.choice(creatives, RANKED, replace=False)],
            "user": {"user_key": one.user_key, "attributes": one.attributes},
            "context": facts,
            "position": one.number % 3,
        }
        status, answer = await doors[0].exchange(json.dumps(body).encode())
        return [json.loads(answer)["decision_id"]] if status == 200 else []
    if door == "openrtb":
        body = {
            "id": f"replay-{one.number}",
            "imp": [{"id": "1", "tagid": PLACEMENT, "banner": {}}],
            "cur": ["CNY"],
            "device": {"language": "zh", "devicetype": 2 + one.number % 3, "geo": {"country": one.country}},
            "user": {"id": one.user_key},
            "regs": {"us_privacy": "1YYN"} if one.opted_out else {},
        }
        status, answer = await doors[1].exchange(json.dumps(body).encode())
        return [bid["id"] for seat in json.loads(answer)["seatbid"] for bid in seat["bid"]] if status == 200 else []
    opportunity = Opportunity(
        f"replay-{one.number}",
        datetime.now(UTC),
        (Slot("1", PLACEMENT, position=one.number % 2),),
        UserContext(one.user_key, one.attributes),
        {**facts, "language": "zh", "country": one.country},
        currencies=("CNY",),
        privacy=PrivacySignals(us_privacy="1YYN" if one.opted_out else ""),
        time_left_ms=1000,
    )
    answers = (await rpc.bid(opportunity)).answers.values()
    return [offer.decision_id for offer in answers if isinstance(offer, OfferedBid)]


def _happened(decided: Iterable[str], rng: np.random.Generator) -> Iterable[Event]:
    """Most are shown, many of those clicked, some bought; a click now and then without its impression."""
    now = datetime.now(UTC)
    for name in decided:
        shown, clicked, bought = (rng.random(3) < (SHOWN, CLICKED, BOUGHT)).tolist()
        for kind, happened in (
            (EventKind.IMPRESSION, shown),
            (EventKind.CLICK, clicked),
            (EventKind.CONVERSION, clicked and bought),
        ):
            if happened:
                yield Event(f"{name}:{kind}", kind, name, now + timedelta(milliseconds=int(rng.integers(0, 900))))


def _command(*words: str) -> dict[str, Any]:
    """One of the shipped commands; of ``replay`` exit code 1 is an answer too."""
    done = subprocess.run(
        [sys.executable, "-m", "adplat.cli", *words, "--json"], capture_output=True, check=False, text=True
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        told = {"error": {"what": (done.stderr.strip().splitlines() or ["nothing was said"])[-1]}}
    if "error" in told:
        raise InternalFault(
            f"adplat {words[0]}: {told['error']['what']}", where=" ".join(words), hint="run the command by hand"
        )
    return told
