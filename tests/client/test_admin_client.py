"""The admin's client against the real service: typed answers, whole lists, patience, our own errors, what docs say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adplat import bootstrap
from adplat.client.admin import AdminClient, retry_after_s
from adplat.client.generated.admin_api.api.catalogue import (
    add_campaign,
    edit_campaign,
    list_campaigns,
    read_campaign,
)
from adplat.client.generated.admin_api.api.creatives import picture_of_creative
from adplat.client.generated.admin_api.api.health import health
from adplat.client.generated.admin_api.api.models import list_models, read_online_pcoc
from adplat.client.generated.admin_api.api.session import own_keys, revoke_own_key
from adplat.client.generated.admin_api.models import BidStrategyBody, BidStrategyKind, CampaignChanges, CampaignIn
from adplat.domain import (
    ChangedMeanwhile,
    ConfigRejected,
    KeyRejected,
    NotPermitted,
    StoreUnreachable,
    TooManyTries,
    UnknownReference,
)
from services.admin.describe_api import api_document, digest_of
from tests.services.admin.admins import Admin, a_workspace
from tests.services.asked_by_schema import serving

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "adplat" / "client" / "generated" / "admin_api"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address, and an operator's key."""
    folder = tmp_path_factory.mktemp("client") / "ws"
    a_workspace(folder)
    admin = Admin(bootstrap.read_settings(workspace=folder, actor="setup"))
    with admin.nobody():
        olga = admin.as_("olga")
        rights = olga.get("/v1/session").json()["rights"]
        secret = olga.post("/v1/keys", json={"name": "script", "rights": rights, "days": 1}).json()["secret"]
    with serving(admin.app) as address:
        yield address, secret
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def client(served: tuple[str, str]) -> Iterator[AdminClient]:
    with AdminClient(served[0], api_key=served[1]) as opened:
        yield opened


def test_the_client_is_what_the_document_gives_now() -> None:
    kept = (GENERATED / "openapi.sha256").read_text().strip()
    assert kept == digest_of(api_document()), "the API has changed since its client was generated: run 'make client'"


def test_operations_and_bodies_have_names_of_their_own() -> None:
    document = api_document()
    paths, bodies = document["paths"], document["components"]["schemas"]
    assert [name for name in bodies if "__" in name] == [], "two modules have bodies of one name"
    names = [told["operationId"] for methods in paths.values() for told in methods.values()]
    assert len(set(names)) == len(names) > 40
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names), names
    kept = {path.stem for path in GENERATED.glob("api/*/*.py")} - {"__init__"}
    assert kept == set(names)


def test_a_thing_is_read_and_changed_as_it_was_seen(client: AdminClient) -> None:
    seen = client.tagged(lambda api: read_campaign.sync_detailed("k1", client=api))
    assert (seen.value.name, seen.value.currency) == ("Spring 1", "CNY")
    changes = CampaignChanges(name="Later")
    changed = client.tagged(lambda api: edit_campaign.sync_detailed("k1", client=api, body=changes, if_match=seen.etag))
    assert (changed.value.name, changed.etag != seen.etag) == ("Later", True)
    with pytest.raises(ChangedMeanwhile, match="changed since"):
        client.ask(lambda api: edit_campaign.sync_detailed("k1", client=api, body=changes, if_match=seen.etag))


def test_a_list_is_told_to_its_end_page_after_page(client: AdminClient) -> None:
    wanted = CampaignIn(
        advertiser_id="a1",
        name="Many",
        flight_start=datetime(2027, 6, 1, tzinfo=UTC),
        bid_strategy=BidStrategyBody(kind=BidStrategyKind.CPM, target_micros=4_000_000),
    )
    made = {
        client.ask(
            lambda api, key=f"c{number}": add_campaign.sync_detailed(client=api, body=wanted, idempotency_key=key)  # type: ignore[misc]
        ).campaign_id
        for number in (1, 2, 3, 4, 5, 5)
    }
    assert len(made) == 5
    found = client.every(
        lambda api, cursor: list_campaigns.sync_detailed(client=api, cursor=cursor, limit=2, filter_=["name=Many"])
    )
    assert {one.campaign_id for one in found} == made
    bundles = client.every(lambda api, cursor: list_models.sync_detailed(client=api, cursor=cursor))
    assert [one.bundle_id for one in bundles] == ["b1"]


def test_files_and_days_and_answers_of_nothing_come_through(client: AdminClient, served: tuple[str, str]) -> None:
    picture = client.content(lambda api: picture_of_creative.sync_detailed("c1", client=api))
    assert picture.startswith(b"\x89PNG")
    online = client.ask(lambda api: read_online_pcoc.sync_detailed(client=api, days=3))
    assert len(online.days) == 3 and online.days[0].day < online.days[2].day
    assert client.ask(lambda api: health.sync_detailed(client=api)).status == "ok"


@pytest.mark.parametrize(
    ("operation", "error", "what"),
    [
        (lambda api: read_campaign.sync_detailed("nothing", client=api), UnknownReference, "nothing|no "),
        (lambda api: own_keys.sync_detailed(client=api), NotPermitted, "key"),
        (lambda api: list_campaigns.sync_detailed(client=api, filter_=["colour=red"]), ConfigRejected, "no field"),
        (lambda api: edit_campaign.sync_detailed("k1", client=api, body=CampaignChanges()), ConfigRejected, "see"),
    ],
)
def test_refusals_are_our_own_errors_with_their_hint(
    client: AdminClient, operation: Any, error: type[Exception], what: str
) -> None:
    with pytest.raises(error, match=what) as refused:
        client.ask(operation)
    assert refused.value.hint and refused.value.what  # type: ignore[attr-defined]


def test_no_key_that_holds_and_no_service_are_told_apart(served: tuple[str, str]) -> None:
    with AdminClient(served[0], api_key="adp_none") as stranger, pytest.raises(KeyRejected):
        stranger.ask(lambda api: read_campaign.sync_detailed("k1", client=api))
    with (
        AdminClient("http://127.0.0.1:9", api_key="x") as nowhere,
        pytest.raises(StoreUnreachable, match="adplat admin"),
    ):
        nowhere.ask(lambda api: read_campaign.sync_detailed("k1", client=api))


class Busy:
    """Says *later* a few times, then answers."""

    def __init__(self, times: int, status: int = 503, retry_after: str = "2") -> None:
        self.left, self.status, self.retry_after, self.asked = times, status, retry_after, 0
        self.slept: list[float] = []

    def client(self, patience_s: float = 60.0) -> AdminClient:
        return AdminClient(
            "http://admin",
            api_key="k",
            transport=httpx.MockTransport(self.answer),
            sleep=self.slept.append,
            patience_s=patience_s,
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.left:
            self.left -= 1
            told = {"title": "x", "type": "about:blank", "status": self.status, "detail": "later", "hint": "wait"}
            return httpx.Response(self.status, json=told, headers={"retry-after": self.retry_after})
        return httpx.Response(200, json={"status": "ok", "version": "1"})


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_asked_to(status: int) -> None:
    busy = Busy(2, status)
    assert busy.client().ask(lambda api: health.sync_detailed(client=api)).status == "ok"
    assert busy.slept == [2.0, 2.0]


def test_patience_ends_and_what_is_not_safe_is_not_sent_again() -> None:
    busy = Busy(99)
    with pytest.raises(StoreUnreachable, match="later"):
        busy.client(patience_s=5.0).ask(lambda api: health.sync_detailed(client=api))
    assert busy.slept == [2.0, 2.0]
    busy = Busy(99, 429)
    with pytest.raises(TooManyTries):
        busy.client().do(lambda api: revoke_own_key.sync_detailed("k", client=api))
    assert (busy.asked, busy.slept) == (1, [])


def test_a_moment_to_come_again_is_understood() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert retry_after_s("Sun, 01 Mar 2026 12:00:30 GMT", now) == 30.0
    assert retry_after_s("Sun, 01 Mar 2026 11:00:30 GMT", now) == 0.0
    assert retry_after_s("soon", now) is None


def test_the_example_of_the_docs_runs(served: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "admin-api.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(# As a script.*?)```", text, re.DOTALL)
    assert '"k' not in example, "no workspace but that of tests has such a campaign"
    address, secret = served
    ours = example.replace("http://127.0.0.1:8480", address).replace("adp_…", secret)
    exec(compile(ours, "docs/admin-api.md", "exec"), {})  # noqa: S102 - what the docs show
    assert "Spring 2" in capsys.readouterr().out
