"""What the files of ``infra/`` are held against: where they lie, the settings, the command line, the metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from adplat.bootstrap import Settings
from adplat.domain import BUCKETS, TOOK_MICROSECONDS, Series
from services.bidding.metrics import FAMILIES, ReplicaState, WorkerState, page
from services.forecasting import metrics as forecasting
from services.hosting.exposition import Told

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
COMPOSE = INFRA / "compose" / "compose.yaml"
HTTP_PORT, GRPC_PORT = (Settings.model_fields[name].default for name in ("http_port", "grpc_port"))
FORECAST_PORTS = tuple(Settings.model_fields[name].default for name in ("forecast_port", "forecast_grpc_port"))
KNOWN_VARIABLES = {f"ADPLAT_{name.upper()}" for name in Settings.model_fields}
SECRETS = {"ADPLAT_DATABASE_URL", "ADPLAT_REDIS_URL", "ADPLAT_NOTICE_SECRETS"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def manifests() -> list[Any]:
    """All of Kubernetes, the example secret among them."""
    return [one for file in sorted((INFRA / "kuberay").rglob("*.yaml")) for one in yaml.safe_load_all(file.read_text())]


def variables_named(text: str) -> set[str]:
    return set(re.findall(r"\bADPLAT_[A-Z_]*[A-Z]", text))


def walk(value: Any) -> Iterator[Any]:
    """The value and everything inside it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


@cache
def exported() -> dict[str, frozenset[str]]:
    """Labels by name of every series that either ``GET /metrics`` can have, read off pages that have them all."""
    states = {"r": ReplicaState(1.0, 1.0, 1.0, True, 1, 0, "b", "s"), "w": WorkerState(1.0, 1.0, 0.5, 0)}
    forecaster = {"f": forecasting.ForecasterState(1.0, 1.0, 1.0)}
    text = page(one_of_each(FAMILIES), states, 1.0, redis=True, now_s=2.0).decode()
    text += forecasting.page(one_of_each(forecasting.FAMILIES), forecaster, redis=True, now_s=2.0).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: frozenset(sample.labels) for sample in samples}


def one_of_each(families: Mapping[str, Told]) -> dict[Series, int]:
    """Sums of every family, one case each."""
    sums: dict[Series, int] = {}
    for name, family in families.items():
        series = (name, *("x" for _ in family.labels))
        kept = [(*series, last) for last in (*BUCKETS, TOOK_MICROSECONDS)] if family.kind == "histogram" else [series]
        sums |= dict.fromkeys(kept, 1)
    return sums
