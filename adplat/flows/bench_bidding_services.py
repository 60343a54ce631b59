"""What the benchmark of bidding asks, and the services it asks: started by the shipped commands, stopped at the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import polars as pl
from PIL import Image

from adplat.client.messages import bid_message, score_message
from adplat.data import configs_folder, read_table, write_table
from adplat.domain import InternalFault, Opportunity, Slot, UserContext
from adplat.flows.bench_bidding_fuzz import Stock
from adplat.flows.service_process import end_service, unused_ports, wait_until_served

ADS, QUICK_ADS, COUNTRIES = 10_000, 1_000, 50
CANDIDATES, USERS = 32, 64
PLACEMENT = "feed_300x250"


class ServedAs(StrEnum):
    """How the same deployment is reached."""

    OURS = "ours"
    BARE = "bare"
    RAY_PROXY = "ray_proxy"


@dataclass(frozen=True)
class Workload:
    """A deployed workspace and requests against it; ``survivors`` ads are eligible for each bid."""

    workspace: Path
    ads: int
    survivors: int
    score_messages: tuple[bytes, ...]
    score_bodies: tuple[bytes, ...]
    bid_messages: tuple[bytes, ...]
    stock: Stock


@dataclass(frozen=True)
class ServedService:
    """Where it listens; ``handler_ms`` is known of the bare one."""

    http_port: int
    grpc_address: str
    handler_ms: float = 0.0


def prepare_workload(place: Path, *, quick: bool) -> Workload:
    """A small world, one epoch of the marketplace's model, and its catalogue many times over, by the commands."""
    world, crowd, workspace = place / "world", place / "crowd", place / "ws"
    _adplat("simulate", str(configs_folder() / "worlds" / "small.yaml"), "--out", str(world))
    config = str(configs_folder() / "ctr" / "marketplace.yaml")
    trained = _adplat("train", config, "--data", str(world), "--out", str(place / "bundles"), "--epochs", "1")
    ads = crowded(world, crowd, QUICK_ADS if quick else ADS)
    _adplat("deploy", trained["bundle"], "--catalogue", str(crowd), "--workspace", str(workspace))
    creatives = read_table(crowd / "catalogue" / "creatives.parquet").filter(pl.col("status") == "live")
    ids = creatives["creative_id"].to_list()
    users = read_table(crowd / "catalogue" / "users.parquet")["user_key"].to_list()[:USERS]
    facts: dict[str, str | float | bool | None] = {"device": "phone", "language": "zh", "hour": 20, "weekday": 2}
    chosen = [tuple(ids[(7 * n + 31 * k) % len(ids)] for k in range(CANDIDATES)) for n in range(len(users))]
    return Workload(
        workspace=workspace,
        ads=ads,
        survivors=ads // COUNTRIES,
        score_messages=tuple(
            score_message(PLACEMENT, names, user, None, facts, 0, None).SerializeToString()
            for user, names in zip(users, chosen, strict=True)
        ),
        score_bodies=tuple(
            json.dumps(
                {"placement": PLACEMENT, "candidates": names, "user": {"user_key": user}, "context": facts}
            ).encode()
            for user, names in zip(users, chosen, strict=True)
        ),
        bid_messages=tuple(
            bid_message(_opportunity(f"r{n}", user, f"C{n % COUNTRIES:02d}")).SerializeToString()
            for n, user in enumerate(users)
        ),
        stock=_stock(crowd, creatives),
    )


def _stock(crowd: Path, creatives: pl.DataFrame) -> Stock:
    sizes = set()
    for path in creatives["image_path"].drop_nulls().unique().to_list():
        with Image.open(crowd / path) as picture:
            sizes.add(picture.size)
    domains = read_table(crowd / "catalogue" / "advertisers.parquet")["domain"].to_list()
    return Stock(
        tuple(domains), tuple(sorted(creatives["content_categories"].unique().to_list())), tuple(sorted(sizes))
    )


def crowded(world: Path, out: Path, ads: int) -> int:
    """``world`` with its running campaigns copied until there are about ``ads`` live creatives; returns how many.

    Each copy of a campaign aims at one of fifty countries, so that a fiftieth of the ads is eligible for a request.
    """
    shutil.copytree(world, out)
    tables = {name: read_table(out / "catalogue" / f"{name}.parquet") for name in ("campaigns", "ads", "creatives")}
    open_ended = tables["campaigns"].filter((pl.col("status") == "live") & pl.col("end").is_null())
    names = open_ended["campaign_id"]
    live = tables["creatives"].filter(pl.col("campaign_id").is_in(names.implode()) & (pl.col("status") == "live"))
    copies = max(1, -(-ads // max(live.height, 1)))
    campaigns, lines, creatives = [], [], []
    for copy in range(copies):
        tag = pl.lit(f"-{copy:04d}")
        of_copy = (pl.col("campaign_id") + tag).alias("campaign_id")
        campaigns.append(
            open_ended.with_columns(
                of_copy,
                pl.lit(f"C{copy % COUNTRIES:02d}").alias("countries"),
                pl.lit(None, dtype=pl.Int64).alias("daily_budget_micros"),
                pl.lit(None, dtype=pl.Int64).alias("total_budget_micros"),
            )
        )
        mine = tables["ads"].filter(pl.col("campaign_id").is_in(names.implode()))
        lines.append(mine.with_columns(of_copy, (pl.col("ad_id") + tag).alias("ad_id")))
        creatives.append(
            live.with_columns(
                of_copy,
                (pl.col("ad_id") + tag).alias("ad_id"),
                (pl.col("creative_id") + tag).alias("creative_id"),
                pl.lit(f"IAB{1 + copy % 20}-{1 + copy % 3}").alias("content_categories"),
                pl.lit(f"{1 + copy % 4}").alias("attributes"),
            )
        )
    write_table(pl.concat(campaigns), out / "catalogue" / "campaigns.parquet")
    write_table(pl.concat(lines), out / "catalogue" / "ads.parquet")
    write_table(pl.concat(creatives), out / "catalogue" / "creatives.parquet")
    return live.height * copies


@contextmanager
def running_services(
    place: Path, work: Workload, kinds: Sequence[ServedAs], told: Mapping[str, str] | None = None
) -> Iterator[Mapping[ServedAs, ServedService]]:
    """Each kind over a copy of the workspace, for as long as the block runs; ``told`` are further variables."""
    with ExitStack() as stack:
        yield {kind: stack.enter_context(_running(place, work, kind, told or {})) for kind in kinds}


@contextmanager
def _running(place: Path, work: Workload, kind: ServedAs, told: Mapping[str, str]) -> Iterator[ServedService]:
    workspace = place / f"ws-{kind}"
    if not workspace.exists():
        shutil.copytree(work.workspace, workspace)
    http_port, grpc_port = unused_ports(2)
    settings = {"workspace": str(workspace), "http_port": http_port, "grpc_port": grpc_port}
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "ADPLAT_INGRESS": "ray" if kind is ServedAs.RAY_PROXY else "haproxy",
        **told,
    }
    if kind is ServedAs.BARE:
        command = [sys.executable, "-m", "services.bidding.bare"]
    else:
        command = [sys.executable, "-m", "adplat.cli", "serve", "--workspace", str(workspace), "--port", str(http_port)]
        command += ["--grpc-port", str(grpc_port)]
    log_path = place / f"{kind}.log"
    with log_path.open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            # Only the bare one answers there; of a pipe that nobody reads the other end blocks once it is full.
            stdout=subprocess.PIPE if kind is ServedAs.BARE else log,
            stderr=log,
            env=environment,
        )
    try:
        handler_ms = _order(child, settings, work) if kind is ServedAs.BARE else 0.0
        wait_until_served(f"http://127.0.0.1:{http_port}", child, log_path)
        yield ServedService(http_port, f"127.0.0.1:{grpc_port}", handler_ms)
    finally:
        end_service(child)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _order(child: subprocess.Popen[bytes], settings: Mapping[str, object], work: Workload) -> float:
    if child.stdin is None or child.stdout is None:
        raise InternalFault("the bare service has no pipes", hint="please report it")
    child.stdin.write(json.dumps({"settings": settings, "timed": json.loads(work.score_bodies[0])}).encode())
    child.stdin.close()
    line = child.stdout.readline()
    if not line:
        raise InternalFault("the bare service did not start", where="bare.log", hint="read the log")
    return float(json.loads(line)["handler_ms"])


def _opportunity(request_id: str, user_key: str, country: str) -> Opportunity:
    facts: dict[str, str | float] = {"device": "phone", "language": "zh", "country": country}
    slot, user = Slot("1", PLACEMENT), UserContext(user_key)
    return Opportunity(request_id, datetime.now(UTC), (slot,), user, facts, currencies=("CNY",), time_left_ms=100)


def _adplat(*arguments: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "adplat.cli", *arguments, "--json"], capture_output=True, check=False, text=True
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing was said"]
        raise InternalFault(
            f"adplat {arguments[0]}: {said[0]}", where=" ".join(arguments), hint="run the command by hand"
        )
    told: dict[str, str] = json.loads(done.stdout)
    return told
