"""What people have done in the workspace that is looked at: uploads, drafts, experiments, a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.data import Lake
from adplat.domain import (
    BidStrategy,
    BidStrategyKind,
    Copy,
    CreativeStatus,
    Draft,
    DraftCopy,
    KeptDraft,
    Making,
    ManualClock,
    Objection,
    Review,
    Role,
    Sentence,
    User,
    Weight,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.analyze_kept_experiment import analyze_kept_experiment
from adplat.flows.edit_creatives import Upload, decide_creative, hand_in
from adplat.flows.keep_forecast import keep_forecast
from adplat.flows.manage_experiments import (
    create_experiment_of,
    decide_experiment,
    start_experiment,
    stop_experiment,
    verdict_of,
)
from adplat.flows.run_jobs import run_next_job
from adplat.flows.watch_experiments import ANALYZE, WatchPlan, watch_experiments
from adplat.forecast import CampaignPlan
from adplat.storage import SqlDrafts
from tests.e2e.real_workspace import RealWorkspace, quiet

ADVERTISER = "a000"
PEOPLE = (
    User("root", Role.ADMIN, "Root"),
    User("olga", Role.OPERATOR, "Olga"),
    User("anna", Role.ANALYST, "Anna"),
    User("mei", Role.ADVERTISER, "梅", frozenset({ADVERTISER})),
)
ARMS = ("plain", "bold")
_WATCH = WatchPlan(every=timedelta(days=1), outcomes_within=timedelta(days=7))


@dataclass(frozen=True)
class Trial:
    """An experiment with a campaign's creatives; days ago it began and ended (``None``: it runs)."""

    name: str
    campaign_id: str
    began: int
    ended: int | None = None

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """When readers met it."""
        return now - timedelta(days=self.began), now - timedelta(days=self.ended or 0)


TRIALS = (Trial("summer-colours", "k0000", 24, 9), Trial("short-words", "k0002", 12))


def hand_in_some(real: RealWorkspace) -> str:
    """Five uploads, reviewed: three wait, one is approved, one fails by itself. Gives one that waits."""
    given = (  # the picture of which creative, under other words
        ("c000004", Copy("中秋好时光", "一杯好咖啡", "马上体验", "zh")),
        ("c000000", Copy("Slow mornings", "Roasted on Tuesday, at your door on Thursday.", "Buy now", "en")),
        ("c000007", Copy("The last warm evening", "", "Learn more", "en")),
        ("c000014", Copy("慢一点，更香", "周二烘焙，周四到家", "了解详情", "zh")),
        ("c000011", Copy("The best coffee in the world, guaranteed!!!", "Cures tiredness.", "Buy now", "en")),
    )
    made = []
    with _seen(real.settings, "mei") as parts:
        for creative_id, words in given:
            one = parts.edits.creative(creative_id)
            picture = (real.world_dir / "images" / f"{creative_id}.png").read_bytes()
            made.append(hand_in(parts, Upload(one.ad_id, "iab_300x250", words, picture, "autumn.png")))
    with _seen(real.settings, "olga") as parts:
        waiting = [one for one in made if one.status.value == "held"]
        if len(waiting) > 3:
            decided = waiting.pop()
            decide_creative(parts, decided.creative_id, CreativeStatus.APPROVED, "agrees with the landing page")
    return waiting[0].creative_id


@contextmanager
def _seen(settings: Settings, user_id: str) -> Iterator[SeenParts]:
    [viewer] = [one.viewer() for one in PEOPLE if one.user_id == user_id]
    with bootstrap.opened_admin(settings) as parts:
        yield parts.seen(viewer)


def draft_some(real: RealWorkspace, now: datetime) -> str:
    """Three drafts with pictures, one of them with something found."""
    objects = bootstrap.open_objects(real.settings)
    making = Making("template", 7)
    kept = []
    given = (("c000002", "A cup for two"), ("c000009", "新的一天"), ("c000012", "Rain is only weather"))
    for place, (shown, words) in enumerate(given):
        picture = (real.world_dir / "images" / f"{shown}.png").read_bytes()
        language = "zh" if place == 1 else "en"
        draft = Draft(
            f"d-{place + 1}", "autumn", "iab_300x250",
            DraftCopy(language, (Sentence("headline", words, language, (), making),)),
            None, (making,), file_sha256=objects.put(picture), media_type="image/png", p_click=(0.012, 0.019, 0.028),
        )  # fmt: skip
        found = Objection("design.clutter", Weight.WARN, "eleven edges in a tenth of the picture", "leave more room")
        review = Review("iab_300x250", (found,) if place == 2 else (), {"claims.facts": "no brief was given"})
        told = {"advertiser_id": ADVERTISER, "campaign_id": "k0000"}
        brief = {"brief_id": "autumn", "landing_url": "https://tea.example/autumn", "product": "Kettle"}
        kept.append(KeptDraft(draft, review, brief=brief, made_at=now - timedelta(hours=5), made_by="mei", **told))
    with closing(bootstrap.open_database(real.settings)) as database:
        SqlDrafts(database).keep(kept)
    return kept[0].draft_id


def try_out(settings: Settings, trial: Trial, arms: Mapping[str, list[str]], now: datetime) -> None:
    """Created and started when it began, analysed every few days, stopped and decided where it has ended."""
    began, ended = trial.span(now)
    told = [{"name": arm, "creative_ids": ids} for arm, ids in arms.items()]
    lake = Lake(settings.lake_folder)
    with bootstrap.opened_experiments(settings) as parts:
        content: dict[str, Any] = {
            "experiment": {"experiment_id": trial.name, "campaign_ids": [trial.campaign_id], "arms": told},
            "analysis": {
                "metric": {"name": "ctr", "kind": "ratio"},
                "data": {"measure": "clicks", "per": "impressions"},
                "method": "sequential",
                "gates": {"minimum_units": 200},
            },
            "plan": {"baseline": {"mean": 0.02, "std": 0.14}, "effect": 1.0, "daily_units": 400},
        }
        start_experiment(replace(parts, clock=ManualClock(began)), _created(parts, content, began))
        at = began
        handlers = {ANALYZE: lambda job, tell: analyze_kept_experiment(then, lake, job, tell)}
        while (at := at + timedelta(days=2)) < ended:
            then = replace(parts, clock=ManualClock(at))
            watch_experiments(then, _WATCH)
            run_next_job(parts.jobs, handlers, "worker", then.clock, lease_s=30.0)
        if trial.ended is not None:
            then = replace(parts, clock=ManualClock(ended))
            stop_experiment(then, trial.name, "as long as was planned")
            won = verdict_of(parts.experiments.results(trial.name)[-1].document) == "winner"
            why = "clicked more often, and nobody complained" if won else "no difference that chance does not make"
            decide_experiment(then, trial.name, ARMS[1] if won else "none", why)


def _created(parts: Any, content: dict[str, Any], at: datetime) -> str:
    return create_experiment_of(
        replace(parts, clock=ManualClock(at)), content, where="the made workspace"
    ).experiment_id


def forecast_one(settings: Settings, now: datetime) -> str:
    """A plan for a week soon, kept; its id."""
    start = now.date() + timedelta(days=3)
    with closing(bootstrap.open_database(settings)) as database:
        live = bootstrap.open_catalogue(database).live_catalogue().creatives
    plan = CampaignPlan(
        name="autumn, second wave",
        start=start,
        end=start + timedelta(days=6),
        daily_budget_micros=60_000_000,
        currency="CNY",
        bid=BidStrategy(BidStrategyKind.CPM, target_micros=20_000_000),
        advertiser_id=ADVERTISER,
        creatives=[one.creative_id for one in live if one.campaign_id == "k0000"],
    )
    document = bootstrap.forecast_desk(settings).forecast(plan, quiet)
    if document.get("refused"):
        raise RuntimeError(f"no forecast: {document['reasons']}")
    with bootstrap.opened_forecasts(settings) as parts:
        return keep_forecast(parts, plan, document).forecast_id
