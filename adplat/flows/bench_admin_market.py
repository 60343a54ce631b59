"""A market as large as ``adplat admin`` promises to serve: its catalogue, works, people and audit trail.

Ids follow those that the store of metrics fills: creative ``i`` is of campaign ``i / 10``, that of advertiser
``i / 200``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from PIL import Image

from adplat.domain import (
    Ad,
    Advertiser,
    AuditEntry,
    BidStrategy,
    BidStrategyKind,
    Budget,
    BundleRegistry,
    Caller,
    Campaign,
    CampaignStatus,
    CatalogueStore,
    Copy,
    Creative,
    CreativeStatus,
    Dimension,
    Draft,
    DraftCopy,
    DraftStore,
    Every,
    Experiment,
    ExperimentArm,
    ExperimentResult,
    ExperimentStore,
    Flight,
    ForecastStore,
    ImageAsset,
    JobOrder,
    JobQueue,
    KeptDraft,
    KeptExperiment,
    KeptForecast,
    LiveBundles,
    ModelBundle,
    Money,
    ObjectStore,
    Permission,
    Progress,
    Provenance,
    ReportPeriod,
    ReportSchedule,
    ReportSchedules,
    Review,
    Role,
    RolloutDeed,
    SavedQuestion,
    SavedReport,
    SavedReports,
    SendTimes,
    SendTo,
    User,
    Viewer,
    actor_kind,
)
from adplat.flows.edit_creatives import HANDED_IN, REVIEW, VERDICT
from adplat.flows.manage_keys import KeyParts, create_caller
from adplat.flows.manage_people import add_person
from adplat.flows.roll_out import RolloutOrder, order_rollout
from adplat.flows.sign_in import PeopleParts

PASSWORD = "a market with many people in it"  # noqa: S105 - of people who are made for the benchmark and go with it
A_CAMPAIGN, AN_ADVERTISER = 10, 200
ZONES = ("UTC", "Asia/Shanghai")
MAKER = "bench"
_CHUNK = 2_000
_DAY = timedelta(days=1)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class MarketStores:
    """The stores of one workspace; those of saved reports are a person's.

    ``fill_metrics``: creatives, rows, the hour before which, zones, progress.
    """

    catalogue: CatalogueStore
    drafts: DraftStore
    experiments: ExperimentStore
    forecasts: ForecastStore
    jobs: JobQueue
    bundles: BundleRegistry
    objects: ObjectStore
    people: PeopleParts
    keys: KeyParts
    saved: Callable[[Viewer], SavedReports]
    schedules: Callable[[Viewer], ReportSchedules]
    fill_metrics: Callable[[int, int, datetime, Sequence[str], Progress], int]


@dataclass(frozen=True, slots=True)
class AdminStores:
    """What the benchmark of the admin is plugged: stores of a workspace in a folder over a database, made if need be;
    and an embedded PostgreSQL in a folder, by URL."""

    opened: Callable[[Path, str], AbstractContextManager[MarketStores]]
    running_postgres: Callable[[Path], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class MarketSize:
    """How many of what; ``held`` of the creatives wait for a decision."""

    creatives: int = 10_000
    rows: int = 10_000_000
    held: int = 200
    drafts: int = 400
    experiments: int = 200
    forecasts: int = 500
    jobs: int = 2_000
    audit: int = 100_000
    reports: int = 100
    callers: int = 50
    rollouts: int = 100

    @property
    def campaigns(self) -> int:
        """Each has ten creatives."""
        return -(-self.creatives // A_CAMPAIGN)

    @property
    def advertisers(self) -> int:
        """Each has twenty campaigns."""
        return -(-self.creatives // AN_ADVERTISER)


FULL = MarketSize()
SMALL = MarketSize(
    1_000, 20_000, held=50, drafts=50, experiments=20, forecasts=50, jobs=100, audit=2_000, reports=20, callers=5,
    rollouts=10,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Market:
    """What was made: who may sign in with ``PASSWORD``, by role, and one id of each kind that all of them see."""

    people: dict[Role, str]
    ids: dict[str, str]
    rows: int


def advertiser_id(creative: int) -> str:
    """Of this number's creative."""
    return f"adv{creative // AN_ADVERTISER:03d}"


def campaign_id(creative: int) -> str:
    """Of this number's creative."""
    return f"campaign{creative // A_CAMPAIGN:05d}"


def make_market(stores: MarketStores, size: MarketSize, now: datetime, progress: Progress) -> Market:
    """Fill a workspace that is empty."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    picture = ImageAsset(stores.objects.put(_a_picture()), "", 300, 250)
    review = stores.objects.put(msgspec.json.encode(_REVIEW))
    progress(0, 5, "catalogue")
    _fill_catalogue(stores, size, hour, picture)
    progress(1, 5, "drafts, experiments, forecasts, jobs")
    job = _fill_works(stores, size, hour, picture)
    rollout = _fill_rollouts(stores, size, hour)
    progress(2, 5, "audit trail")
    for entries in _chunks(_entries(size, hour, review)):
        stores.catalogue.save([], [], [], [], entries=entries)
    progress(3, 5, "people")
    mine = advertiser_id(0)
    people = {role: f"{role.value}-of-bench" for role in Role}
    for role, name in people.items():
        own = frozenset({mine}) if role is Role.ADVERTISER else None
        add_person(stores.people, User(name, role, "", own), PASSWORD)
    for number in range(size.callers):
        create_caller(stores.keys, Caller(f"caller{number:03d}", f"Bidder {number}", frozenset({Permission.SCORE})))
    _fill_reports(stores, size, User(people[Role.ADVERTISER], Role.ADVERTISER, "", frozenset({mine})), now)
    progress(4, 5, "metrics")
    rows = stores.fill_metrics(size.creatives, size.rows, hour, ZONES, progress)
    progress(5, 5, "a market")
    ids = {
        "advertiser_id": mine,
        "campaign_id": campaign_id(0),
        "ad_id": "ad00000",
        "creative_id": "creative00000",
        "draft_id": "draft00000",
        "experiment_id": "experiment00000",
        "forecast_id": "forecast00000",
        "job_id": job,
        "rollout_id": rollout,
        "caller_id": "caller000",
        "bundle_id": "bundle0",
        "user_id": people[Role.ANALYST],
        "kind": "csv",
        "report_id": "report00000",
        "schedule_id": "schedule00000",
    }
    return Market(people, ids, rows)


def _fill_catalogue(stores: MarketStores, size: MarketSize, now: datetime, picture: ImageAsset) -> None:
    owners = [Advertiser(f"adv{one:03d}", f"Advertiser {one}", "CNY") for one in range(size.advertisers)]
    statuses = [CampaignStatus.LIVE] * 6 + [CampaignStatus.PAUSED, CampaignStatus.ENDED, CampaignStatus.SCHEDULED]
    campaigns = [
        Campaign(
            campaign_id(A_CAMPAIGN * one),
            advertiser_id(A_CAMPAIGN * one),
            f"{('Spring', 'Summer', 'Autumn', 'Winter')[one % 4]} {one}",
            statuses[one % len(statuses)],
            Budget(Money(10_000_000_000, "CNY"), Money(900_000_000_000, "CNY")),
            Flight(now - 40 * _DAY, now + (1 + one % 90) * _DAY),
            BidStrategy(BidStrategyKind.MAX_CPC, target_micros=300_000),
        )
        for one in range(size.campaigns)
    ]
    ads = [
        Ad(f"ad{one:05d}", campaign_id(A_CAMPAIGN * one), f"Ad {one}", f"https://shop.example/{one}")
        for one in range(size.campaigns)
    ]
    stores.catalogue.save(owners, campaigns, ads, [])
    for numbers in _chunks(range(size.creatives)):
        stores.catalogue.save([], [], [], [_creative(one, size, picture) for one in numbers])
    for number in range(3):
        bundle = ModelBundle(f"bundle{number}", f"/bundles/{number}", "0" * 64, now)
        stores.bundles.register(bundle, now, by=MAKER)


def _creative(number: int, size: MarketSize, picture: ImageAsset) -> Creative:
    # Those that wait lie evenly among all.
    every = max(size.creatives // max(size.held, 1), 1)
    is_held = size.held > 0 and number % every == every // 2 and number // every < size.held
    return Creative(
        creative_id=f"creative{number:05d}",
        ad_id=f"ad{number // A_CAMPAIGN:05d}",
        campaign_id=campaign_id(number),
        advertiser_id=advertiser_id(number),
        status=CreativeStatus.HELD if is_held else CreativeStatus.LIVE,
        copy=Copy(f"Fresh tea no. {number}", "Picked this spring", "Buy now", "en"),
        image=picture,
        provenance=Provenance("human", "bench"),
    )


def _fill_works(stores: MarketStores, size: MarketSize, now: datetime, picture: ImageAsset) -> str:
    drafts = []
    for number in range(size.drafts):
        at = number * A_CAMPAIGN % size.creatives
        draft = Draft(
            f"draft{number:05d}", "brief", "iab_300x250", DraftCopy("en", ()), None, (), file_sha256=picture.sha256,
            media_type="image/png",
        )  # fmt: skip
        brief = {"brief_id": "brief", "landing_url": "https://shop.example/"}
        kept = KeptDraft(
            draft,
            Review("iab_300x250", ()),
            advertiser_id=advertiser_id(at),
            campaign_id=campaign_id(at),
            brief=brief,
            made_at=now,
            made_by=MAKER,
        )
        drafts.append(kept)
    stores.drafts.keep(drafts)
    for number in range(size.experiments):
        at = number * A_CAMPAIGN % size.creatives
        arms = (ExperimentArm("control"), ExperimentArm("new"))
        one = Experiment(f"experiment{number:05d}", arms, campaign_ids=(campaign_id(at),))
        setup = {"experiment": msgspec.json.decode(msgspec.json.encode(one)), "planned": {"days": 14}}
        stores.experiments.create(KeptExperiment(one, setup, now - number * timedelta(hours=1), MAKER))
        stores.experiments.add_result(ExperimentResult(one.experiment_id, now, now - _DAY, now, _RESULT))
    for number in range(size.forecasts):
        at = number * A_CAMPAIGN % size.creatives
        flight = Flight(now, now + 7 * _DAY)
        name, owner = f"forecast{number:05d}", advertiser_id(at)
        stores.forecasts.keep(KeptForecast(name, now, "plan", owner, campaign_id(at), flight, {}, {}))
    first = ""
    for number in range(size.jobs):
        at = number * A_CAMPAIGN % size.creatives
        order = JobOrder("look", campaign_id(at), now, MAKER, advertiser_id=advertiser_id(at))
        job = stores.jobs.add(order, now)
        first = first or str(job.job_id)
    return first


def _fill_rollouts(stores: MarketStores, size: MarketSize, now: datetime) -> str:
    """Checks of a bundle: what is live stays as it is."""
    check, live = RolloutOrder(RolloutDeed.CHECK, "bundle0"), LiveBundles("", 0)
    jobs = [order_rollout(stores.jobs, stores.bundles, live, check, now, MAKER, "") for _ in range(size.rollouts)]
    return str(jobs[0].job_id)


def _fill_reports(stores: MarketStores, size: MarketSize, owner: User, now: datetime) -> None:
    """All of one advertiser's person and shared, each with a schedule that is not due while anybody looks."""
    viewer, whose = owner.viewer(), (owner.user_id, next(iter(owner.advertisers or ())))
    saved, schedules = stores.saved(viewer), stores.schedules(viewer)
    question = SavedQuestion(ReportPeriod.LAST_7_DAYS, (Dimension.CAMPAIGN,))
    times, to = SendTimes(Every.DAY, 8), SendTo(webhook="https://hook.example/")
    for number in range(size.reports):
        entry = AuditEntry(now, owner.user_id, "report save", f"report{number:05d}", {}, advertiser_id=whose[1])
        report = SavedReport(entry.subject, *whose, f"Report {number}", question, now, now, is_shared=True)
        saved.add(report, entry)
        made = ReportSchedule(f"schedule{number:05d}", report.report_id, *whose, times, to, now, now + 365 * _DAY)
        schedules.add(made, replace(entry, action="schedule add", subject=made.schedule_id))


def _entries(size: MarketSize, now: datetime, review: str) -> Iterator[AuditEntry]:
    """What was done with every creative, from when it was handed in on; the trail is as long as ``size`` says."""
    detail = {VERDICT: "hold", REVIEW: review, "placement": "iab_300x250"}
    names, actions = ("mei", "olga", "worker", "bandit"), ("campaign change", "creative pause", "budget", "ad create")
    for number in range(size.audit):
        creative = number % size.creatives
        is_first = number < size.creatives
        actor = MAKER if is_first else names[number % len(names)]
        action = HANDED_IN if is_first else actions[number // 7 % len(actions)]
        subject = f"creative{creative:05d}" if number % 2 == 0 or is_first else campaign_id(creative)
        at = now - timedelta(seconds=20 * (size.audit - number))
        told = detail if is_first else {"reason": "bench"}
        yield AuditEntry(at, actor, action, subject, told, actor_kind(actor), advertiser_id(creative))


def _chunks(many: Iterable[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    for one in many:
        chunk.append(one)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 250), (30, 110, 90)).save(file, "PNG")
    return file.getvalue()


_REVIEW: dict[str, Any] = {"placement": "iab_300x250", "verdict": "hold", "findings": []}
_RESULT: dict[str, Any] = {
    "analysis": {
        "decision": {"verdict": "wait", "winner": None, "why": ["two days of fourteen"]},
        "data": {"units": 1200},
        "comparisons": [{"treatment": "new", "estimate": 0.04, "ci": [-0.02, 0.1], "p_value_adjusted": 0.2}],
    },
    "guardrails": [],
    "paused_arms": [],
}
