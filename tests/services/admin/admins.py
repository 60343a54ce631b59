"""A workspace of two advertisers with everything in it, people of every role, and how tests ask on their behalf."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from fastapi.testclient import TestClient
from PIL import Image

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import (
    Ad,
    ArmStatistics,
    AuditEntry,
    Caller,
    Creative,
    CreativeStatus,
    Dimension,
    Draft,
    DraftCopy,
    Every,
    Experiment,
    ExperimentArm,
    ExperimentResult,
    Flight,
    ImageAsset,
    JobOrder,
    KeptDraft,
    KeptExperiment,
    KeptForecast,
    Permission,
    ReportPeriod,
    ReportSchedule,
    Review,
    Role,
    SavedQuestion,
    SavedReport,
    SendTimes,
    SendTo,
    StreamPosition,
    User,
)
from adplat.flows.admin_parts import AdminParts
from adplat.flows.manage_keys import create_caller
from adplat.flows.manage_people import add_person
from adplat.flows.passwords import PasswordCost
from adplat.storage import (
    Database,
    SqlBundleRegistry,
    SqlCatalogue,
    SqlDrafts,
    SqlExperiments,
    SqlForecasts,
    SqlJobs,
    SqlMetricsLedger,
    SqlReportSchedules,
    SqlSavedReports,
    seen_by,
)
from services.admin.app import admin_app
from tests.storage.builders import NOON, a_bundle, a_campaign, a_creative, an_ad, an_advertiser

WORDS = "four words not together"
CHEAP = PasswordCost(memory_kib=8, passes=1, lanes=1)
PEOPLE = {
    "root": User("root", Role.ADMIN),
    "olga": User("olga", Role.OPERATOR),
    "anna": User("anna", Role.ANALYST),
    "mei": User("mei", Role.ADVERTISER, "梅", frozenset({"a1"})),
    "li": User("li", Role.ADVERTISER, "Li", frozenset({"a2"})),
    "rob": User("rob", Role.READ_ONLY),
}
OF_A1 = {
    "advertiser_id": "a1",
    "campaign_id": "k1",
    "ad_id": "ad1",
    "creative_id": "c1",
    "draft_id": "d1",
    "experiment_id": "e1",
    "forecast_id": "f1",
    "job_id": "1",
    "report_id": "r1",
    "schedule_id": "s1",
}
OF_A2 = OF_A1 | {name: value.replace("1", "2") for name, value in OF_A1.items()}
_CHECK = {"statistic": 0.4, "df": 1, "p_value": 0.5, "flagged": False}
_QUESTION = {
    "metric": {"name": "ctr", "kind": "ratio", "direction": "higher"},
    "method": "sequential",
    "difference": "relative",
    "alpha": 0.05,
}
_RESULT = {
    "analysis": {
        "srm": _CHECK,
        "arms": [
            {"name": "control", "n": 600, "estimate": 0.02, "ci": [0.012, 0.03]},
            {"name": "new", "n": 600, "estimate": 0.0208, "ci": [0.013, 0.031]},
        ],
        "decision": {"verdict": "wait", "winner": None, "why": ["2 of at least 14 days have passed"]},
        "data": {"units": 1200, "health": {"balance": [_CHECK | {"column": "device"}], "left_out": _CHECK}},
        "comparisons": [
            {"control": "control", "treatment": "new", "estimate": 0.04, "ci": [-0.02, 0.1], "p_value_adjusted": 0.2}
        ],
    },
    "question": _QUESTION,
    "guardrails": [],
    "paused_arms": [],
}


def a_picture(width: int = 300, height: int = 250, colour: tuple[int, int, int] = (30, 110, 90)) -> bytes:
    """A plain PNG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()


def a_workspace(folder: Path, **told: object) -> Settings:
    """Advertisers a1 and a2, each with one of everything; and everybody of ``PEOPLE``."""
    settings = bootstrap.read_settings(workspace=folder, actor="setup", **told)
    objects = bootstrap.open_objects(settings)
    image = ImageAsset(objects.put(a_picture()), "", 300, 250)
    with closing(bootstrap.open_database(settings)) as database:
        for number in ("1", "2"):
            ids = OF_A1 if number == "1" else OF_A2
            campaign = a_campaign(ids["campaign_id"], ids["advertiser_id"], name=f"Spring {number}")
            ad = replace(an_ad(ids["ad_id"]), campaign_id=campaign.campaign_id)
            creative = _creative(ids, ad, image)
            SqlCatalogue(database).save([an_advertiser(ids["advertiser_id"])], [campaign], [ad], [creative])
            SqlDrafts(database).keep([_draft(ids, image)])
            experiments = SqlExperiments(database)
            experiments.create(_experiment(ids))
            experiments.add_result(ExperimentResult(ids["experiment_id"], NOON, NOON, NOON, _RESULT))
            SqlForecasts(database).keep(_forecast(ids))
            order = JobOrder("look", ids["campaign_id"], NOON, "setup", advertiser_id=ids["advertiser_id"])
            assert str(SqlJobs(database).add(order, NOON).job_id) == ids["job_id"]
        SqlBundleRegistry(database).register(a_bundle(), NOON, by="setup")
        _deliver(SqlMetricsLedger(database))
        for user in (PEOPLE["mei"], PEOPLE["li"]):
            _save_report(database, user)
    with bootstrap.opened_people(settings) as parts:
        for user in PEOPLE.values():
            add_person(replace(parts, cost=CHEAP), user, WORDS)
    with bootstrap.opened_keys(settings) as desk:
        create_caller(desk, Caller("exchange", "An exchange", frozenset({Permission.BID})))
    return settings


def _creative(ids: dict[str, str], ad: Ad, image: ImageAsset) -> Creative:
    owners = {"ad_id": ad.ad_id, "campaign_id": ad.campaign_id, "advertiser_id": ids["advertiser_id"]}
    return a_creative(ids["creative_id"], status=CreativeStatus.HELD, image=image, **owners)


def _draft(ids: dict[str, str], image: ImageAsset) -> KeptDraft:
    draft = Draft(
        ids["draft_id"], "b1", "iab_300x250", DraftCopy("en", ()), None, (), file_sha256=image.sha256,
        media_type="image/png",
    )  # fmt: skip
    told = {"advertiser_id": ids["advertiser_id"], "campaign_id": ids["campaign_id"]}
    brief = {"brief_id": "b1", "landing_url": "https://tea.example/green?utm=1"}
    return KeptDraft(draft, Review("iab_300x250", ()), brief=brief, made_at=NOON, made_by="setup", **told)


def _experiment(ids: dict[str, str]) -> KeptExperiment:
    arms = (ExperimentArm("control"), ExperimentArm("new"))
    experiment = Experiment(ids["experiment_id"], arms, campaign_ids=(ids["campaign_id"],))
    setup = {
        "experiment": msgspec.json.decode(msgspec.json.encode(experiment)),
        "analysis": _QUESTION | {"data": {"measure": "clicks", "per": "impressions"}},
        "guardrails": [],
        "planned": {"units": 8000, "duration_days": 14.0, "power": 0.8},
    }
    return KeptExperiment(experiment, setup, NOON, "setup")


def _forecast(ids: dict[str, str]) -> KeptForecast:
    flight = Flight(NOON, NOON + timedelta(days=7))
    return KeptForecast(ids["forecast_id"], NOON, "plan", ids["advertiser_id"], ids["campaign_id"], flight, {}, {})


def _save_report(database: Database, user: User) -> None:
    viewer = user.viewer()
    [advertiser_id] = user.advertisers or ()
    ids = OF_A1 if advertiser_id == "a1" else OF_A2
    mine, question = seen_by(database, viewer), SavedQuestion(ReportPeriod.LAST_7_DAYS, (Dimension.CAMPAIGN,))
    whose = (user.user_id, advertiser_id)
    report = SavedReport(ids["report_id"], *whose, f"Weekly {advertiser_id}", question, NOON, NOON)
    entry = AuditEntry(NOON, user.user_id, "report save", report.report_id, {}, advertiser_id=advertiser_id)
    assert SqlSavedReports(mine, viewer).add(report, entry)
    to = SendTo(webhook=f"https://{advertiser_id}.example/hook")
    times = SendTimes(Every.WEEK, 8)
    schedule = ReportSchedule(
        ids["schedule_id"], report.report_id, *whose, times, to, NOON, NOON + timedelta(days=36_500)
    )
    assert SqlReportSchedules(mine, viewer).add(schedule, replace(entry, action="schedule add"))


def _deliver(ledger: SqlMetricsLedger) -> None:
    cells = {}
    spend = {}
    now = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0)
    for hours in range(1, 24 * 6, 5):
        for number in ("1", "2"):
            cell = (now - timedelta(hours=hours), f"a{number}", f"k{number}", f"c{number}", "feed")
            cells[cell] = ArmStatistics(1000 + hours, 20 + hours % 7, hours % 3, 21.5, 1_000_000)
            spend[cell] = 2_500_000 + 10_000 * hours
    assert ledger.add(StreamPosition(0, 0), StreamPosition(1, 0), cells, spend)


@contextmanager
def opened(settings: Settings) -> Iterator[AdminParts]:
    """The parts with passwords that are cheap to look at."""
    with bootstrap.opened_admin(settings) as parts:
        yield replace(parts, people=replace(parts.people, cost=CHEAP), seen=_cheaply(parts.seen))


def _cheaply(seen: Any) -> Any:
    def cheap(viewer: Any) -> Any:
        parts = seen(viewer)
        return replace(parts, people=replace(parts.people, cost=CHEAP))

    return cheap


@dataclass
class Somebody:
    """A client that is signed in, with the form token that its changes carry."""

    client: TestClient
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **told: Any) -> Any:
        headers = {"x-form-token": self.token} | told.pop("headers", {})
        return self.client.request(method, path, headers=headers, follow_redirects=False, **told)

    def get(self, path: str, **told: Any) -> Any:
        return self.ask("GET", path, **told)

    def post(self, path: str, **told: Any) -> Any:
        return self.ask("POST", path, **told)

    def patch(self, path: str, **told: Any) -> Any:
        return self.ask("PATCH", path, **told)


class Stage:
    """One application that opens, each time it starts, the workspace that is set then: to build its routes takes
    longer than most tests."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.app = admin_app(self._opened)

    def _opened(self) -> AbstractContextManager[AdminParts]:
        assert self.settings is not None, "nothing is set"
        return opened(self.settings)


class Admin:
    """The application over one workspace; ``as_`` signs somebody in. On a ``stage`` one at a time can be."""

    def __init__(self, settings: Settings, *, stage: Stage | None = None, **told: Any) -> None:
        self.settings = settings
        if stage is None:
            self.app = admin_app(lambda: opened(settings), **told)
        else:
            assert not told, "an application of its own is told how it is"
            stage.settings, self.app = settings, stage.app

    def nobody(self) -> TestClient:
        return TestClient(self.app, base_url="http://admin", raise_server_exceptions=False)

    def as_(self, user_id: str) -> Somebody:
        client = self.nobody()
        told = client.post("/v1/session", json={"user_id": user_id, "password": WORDS})
        assert told.status_code == 201, told.text
        return Somebody(client, told.json()["form_token"])
