"""An admin over a workspace with two real bundles: one live, the other registered, and later rows to judge them on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adplat import bootstrap
from services.hosting.jobs import do_due_rollouts
from tests.flows.model_market import ModelMarket, quiet
from tests.services.admin.admins import Admin, Somebody, a_workspace
from tests.storage.builders import NOON


@dataclass
class Shop:
    """An admin over a workspace where ``first`` is live and ``second`` registered; olga, an operator, acts."""

    admin: Admin
    olga: Somebody
    market: ModelMarket
    first: str
    second: str

    @property
    def workspace(self) -> Path:
        return self.admin.settings.workspace

    def live(self) -> tuple[dict[str, Any], str]:
        told = self.olga.get("/v1/rollouts/live")
        return told.json(), told.headers["etag"]

    def order(self, deed: str, *, match: str | None = None, status: int = 202, **body: Any) -> dict[str, Any]:
        headers = {"if-match": self.live()[1] if match is None else match}
        told = self.olga.post("/v1/rollouts", json={"deed": deed} | body, headers=headers)
        assert told.status_code == status, told.text
        found: dict[str, Any] = told.json()
        return found

    def done(self, deed: str, **body: Any) -> dict[str, Any]:
        ordered = self.order(deed, **body)
        assert ordered["outcome"] == "waiting"
        assert do_due_rollouts(self.admin.settings) == 1
        found: dict[str, Any] = self.olga.get(f"/v1/rollouts/{ordered['rollout_id']}").json()
        return found

    def audited(self) -> list[tuple[str, str]]:
        told = self.admin.as_("root").get("/v1/audit", params={"limit": 20}).json()["items"]
        return [(one["actor"], one["action"]) for one in told]


@contextmanager
def opened_shop(market: ModelMarket, folder: Path, right_is: str) -> Iterator[Shop]:
    """The rows that bundles are judged on are as one of the two foretells them."""
    rows = folder / "later" / "rows.parquet"
    rows.parent.mkdir()
    for name in ("catalogue", "images"):
        (rows.parent / name).symlink_to(market.world / name)
    market.later_rows_after(getattr(market, right_is), rows)
    settings = a_workspace(folder / "ws", judging_data=str(rows))
    bootstrap.deploy_bundle(settings, Path(market.first.path), market.world, quiet)
    with bootstrap.opened_registry(settings) as parts:
        parts.bundles.register(market.second, NOON, by="setup")
    admin = Admin(settings)
    with admin.nobody():
        yield Shop(admin, admin.as_("olga"), market, market.first.bundle_id, market.second.bundle_id)
