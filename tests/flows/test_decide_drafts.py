"""A held draft becomes a creative of the catalogue, or nothing; released ones are served; originals keep a share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, CreativeStatus, ExperimentState, KeptDraft, UnknownReference
from adplat.flows.decide_drafts import approve_draft, reject_draft
from adplat.flows.describe_drafts import draft_story
from adplat.flows.draft_parts import DraftParts
from adplat.flows.manage_experiments import stop_experiment
from adplat.flows.release_drafts import Release, release_drafts
from adplat.snapshots import DeploymentPointer, load_snapshot
from tests.flows.model_market import ModelMarket, quiet
from tests.flows.small_shop import a_picture
from tests.storage.test_drafts import FAILED, a_draft, a_kept


@pytest.fixture
def settings(market: ModelMarket, tmp_path: Path) -> Settings:
    return market.settings(tmp_path / "ws").model_copy(update={"actor": "mei"})


@pytest.fixture
def parts(settings: Settings) -> Iterator[DraftParts]:
    with bootstrap.opened_drafts(settings) as opened:
        yield opened


def keep(parts: DraftParts, draft_id: str = "d1", *objections: Any, **facts: Any) -> KeptDraft:
    """A draft for the first campaign of the catalogue, with a real picture."""
    campaign = parts.catalogue.campaigns()[0]
    draft = replace(a_draft(draft_id), file_sha256=parts.objects.put(a_picture(90)))
    defaults = {"advertiser_id": campaign.advertiser_id, "campaign_id": campaign.campaign_id}
    brief = {"brief_id": "b1", "product": {"category": "tea"}, "landing_url": "https://tea.example/new"}
    kept = replace(a_kept(draft_id, *objections, brief=brief, **(defaults | facts)), draft=draft)
    [kept] = parts.drafts.keep([kept])
    return kept


def release(settings: Settings, parts: DraftParts, *names: str, share: float = 0.1) -> Release:
    with ExitStack() as stack:
        registry = stack.enter_context(bootstrap.opened_registry(settings))
        experiments = stack.enter_context(bootstrap.opened_experiments(settings))
        return release_drafts(parts, registry, experiments, names, quiet, original_share=share)


def test_an_approved_draft_is_a_creative_with_its_elements_and_where_it_came_from(parts: DraftParts) -> None:
    kept = keep(parts)
    approve_draft(parts, "d1", "on brand")
    [made] = [one for one in parts.catalogue.creatives() if one.creative_id == "d1"]
    assert (made.status, made.category, made.copy.headline) == (CreativeStatus.APPROVED, "tea", "春茶上市")
    assert made.provenance.origin == "generated" and "d1" in made.provenance.source
    assert made.image is not None and made.image.sha256 == kept.draft.file_sha256
    assert made.elements["template"] == "hero"
    [ad] = [one for one in parts.catalogue.ads() if one.ad_id == made.ad_id]
    assert (ad.campaign_id, ad.landing_url) == (kept.campaign_id, "https://tea.example/new")
    keep(parts, "d2")
    approve_draft(parts, "d2", "on brand")
    assert {one.ad_id for one in parts.catalogue.creatives() if one.creative_id in ("d1", "d2")} == {made.ad_id}
    story = draft_story(parts, "d1")
    assert [one["action"] for one in story["changes"]] == ["draft keep", "draft approve"]
    assert story["reason"] == "on brand" and story["review"]["verdict"] == "pass"


def test_it_may_be_put_into_an_ad_of_its_campaign_and_no_other(parts: DraftParts) -> None:
    kept = keep(parts)
    [mine, other] = [
        next(one.ad_id for one in parts.catalogue.ads() if (one.campaign_id == kept.campaign_id) is own)
        for own in (True, False)
    ]
    with pytest.raises(UnknownReference, match="has no ad"):
        approve_draft(parts, "d1", "fine", ad_id=other)
    approve_draft(parts, "d1", "fine", ad_id=mine)
    assert next(one.ad_id for one in parts.catalogue.creatives() if one.creative_id == "d1") == mine


def test_what_belongs_to_nobody_here_is_refused_and_stays_held(parts: DraftParts) -> None:
    keep(parts, "lost", campaign_id="k404")
    keep(parts, "strange", advertiser_id="a404")
    keep(parts, "failed", FAILED)
    for name, error, what in (
        ("lost", UnknownReference, "not in the catalogue"),
        ("strange", ConfigRejected, "is not of advertiser"),
        ("failed", ConfigRejected, "its review failed"),
    ):
        with pytest.raises(error, match=what):
            approve_draft(parts, name, "fine")
        assert parts.drafts.find(name).status is CreativeStatus.HELD
    assert reject_draft(parts, "lost", "no campaign").status is CreativeStatus.REJECTED


def test_a_released_draft_is_served_and_the_originals_keep_their_share(settings: Settings, parts: DraftParts) -> None:
    kept = keep(parts)
    before = DeploymentPointer(settings.workspace).read()
    with pytest.raises(ConfigRejected, match="cannot become live"):
        release(settings, parts, "d1")
    approve_draft(parts, "d1", "fine")
    done = release(settings, parts, "d1")
    pointer = DeploymentPointer(settings.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    assert done.snapshot_id == pointer.read().snapshot_id != before.snapshot_id
    assert "d1" in {one.creative_id for one in snapshot.catalogue.creatives}
    assert parts.drafts.find("d1").status is CreativeStatus.LIVE
    with bootstrap.opened_experiments(settings) as experiments:
        [running] = experiments.experiments.experiments([ExperimentState.RUNNING])
        originals, rest = running.experiment.arms
        assert running.experiment.campaign_ids == (kept.campaign_id,) and "d1" not in originals.creative_ids
        assert (originals.weight, rest.creative_ids) == (0.1, ()) and originals.creative_ids
        published = experiments.published()
        assert published is not None and published.experiments == (running.experiment,)


def test_a_share_is_kept_once_begun_anew_after_a_stop_and_not_where_there_is_nothing_to_keep(
    settings: Settings, parts: DraftParts
) -> None:
    for name in ("d1", "d2", "d3"):
        kept = keep(parts, name)
        approve_draft(parts, name, "fine")
    campaign = kept.campaign_id
    assert "share is 0" in release(settings, parts, "d1", share=0.0).originals[campaign]
    assert "keeps 20%" in release(settings, parts, "d2", share=0.2).originals[campaign]
    assert "runs already" in release(settings, parts, "d3").originals[campaign]
    with bootstrap.opened_experiments(settings) as experiments:
        [running] = experiments.experiments.experiments([ExperimentState.RUNNING])
        stop_experiment(experiments, running.experiment_id)
        keep(parts, "d4")
        approve_draft(parts, "d4", "fine")
        assert f"{running.experiment_id}-2 keeps" in release(settings, parts, "d4").originals[campaign]
        people = [
            replace(one, status=CreativeStatus.PAUSED)
            for one in parts.catalogue.creatives()
            if one.campaign_id == campaign and one.provenance.origin != "generated"
        ]
        for one in experiments.experiments.experiments([ExperimentState.RUNNING]):
            stop_experiment(experiments, one.experiment_id)
    parts.catalogue.save([], [], [], people)
    keep(parts, "d5")
    approve_draft(parts, "d5", "fine")
    assert "no live creative that people made" in release(settings, parts, "d5").originals[campaign]


def test_the_chain_of_a_workspace_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = bootstrap.read_settings(workspace=tmp_path / "ws")
    chain = bootstrap.signing_chain(settings)
    assert bootstrap.signing_chain(settings) == chain
    file = tmp_path / "ws" / "seal.pem"
    assert file.stat().st_mode & 0o077 == 0
    given = bootstrap.read_settings(workspace=tmp_path / "other", seal_chain=str(file))
    assert bootstrap.signing_chain(given) == chain and not (tmp_path / "other").exists()
    with pytest.raises(Exception, match="cannot be read"):
        bootstrap.signing_chain(bootstrap.read_settings(seal_chain=str(tmp_path / "none.pem")))
