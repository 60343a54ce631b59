"""Drafts of creatives: those that are kept, and what makes, scores and seals new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adplat.bootstrap.forecasts import bundle_of_forecasts, keep_own_catalogue
from adplat.bootstrap.machine import actor, clock, require_workspace
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_audit, open_catalogue, open_database, open_jobs, open_objects
from adplat.domain import Brief, ConfigRejected, Job, MissingInput, Progress

if TYPE_CHECKING:
    from adplat.artwork import SigningChain
    from adplat.flows.draft_attempt import DraftTools
    from adplat.flows.draft_creatives import MadeDraft
    from adplat.flows.draft_parts import DraftParts
    from adplat.flows.draft_round import DraftPlan


@contextmanager
def opened_drafts(settings: Settings) -> Iterator[DraftParts]:
    """Kept drafts, their jobs, their pictures and the catalogue of a workspace. Raises StoreUnreachable."""
    from adplat.flows.draft_parts import DraftParts
    from adplat.storage import SqlDrafts

    with closing(open_database(settings)) as database:
        yield DraftParts(
            drafts=SqlDrafts(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            objects=open_objects(settings),
            clock=clock(),
            by=actor(settings),
        )


def signing_chain(settings: Settings) -> SigningChain:
    """What drafts are sealed with: the operator's file, or a chain made for this workspace and kept as a secret.

    Raises MissingInput and ConfigRejected for a file that is not there or does not fit.
    """
    from adplat.artwork import made_chain, read_chain
    from adplat.storage import kept_secret

    if settings.seal_chain:
        path = Path(settings.seal_chain)
        try:
            pem = path.read_bytes()
        except OSError as reason:
            raise MissingInput(
                f"cannot be read: {reason.strerror}", where=f"ADPLAT_SEAL_CHAIN={path}", hint="mend the setting"
            ) from None
    else:
        require_workspace(settings)
        path = settings.workspace / "seal.pem"
        pem = kept_secret(path, lambda: made_chain(clock().now()))
    return read_chain(pem, str(path), settings.seal_timestamp_url)


def draft_tools(settings: Settings, plan: DraftPlan) -> DraftTools:
    """The copywriter, the painter and the seal of a plan. Raises ConfigRejected, MissingInput."""
    from adplat.flows.draft_attempt import DraftTools
    from adplat.flows.draft_makers import copywriter_named, painter_named, reads_letters_of

    return DraftTools(
        copywriter_named(plan.copywriter, settings.cache_folder),
        painter_named(plan.painter),
        signing_chain(settings),
        reads_letters_of(plan.painter),
    )


def do_draft_job(settings: Settings, parts: DraftParts, job: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """One order of drafts; scored with the model and the data of forecasts where both are there."""
    from adplat.flows.draft_job import do_draft_job as do
    from adplat.flows.score_drafts import score_drafts

    bundle, data = bundle_of_forecasts(settings), Path(settings.forecast_data or settings.workspace)

    def score(made: Sequence[MadeDraft], brief: Brief, progress: Progress) -> tuple[MadeDraft, ...]:
        if not settings.forecast_data:
            keep_own_catalogue(settings)
        return score_drafts(made, brief, bundle or Path(), data, settings.cache_folder, progress)

    return do(parts, lambda plan: draft_tools(settings, plan), None if bundle is None else score, job, tell)


def draft_from_file(
    settings: Settings,
    brief_path: Path,
    out: Path,
    plan: DraftPlan,
    progress: Progress,
    *,
    directions: Path | None = None,
    bundle: Path | None = None,
    data: Path | None = None,
    keep: bool = False,
) -> dict[str, Any]:
    """Draft, score where a bundle is named, write ``out``, and keep in the workspace if asked; the document of it.

    Raises ConfigRejected (a folder that is there, a bundle without data), MissingInput, and what the steps raise.
    """
    from adplat.data import load_placements
    from adplat.flows.draft_round import draft_round
    from adplat.flows.keep_drafts import keep_drafts
    from adplat.flows.read_brief import pictures_of, read_brief, with_directions
    from adplat.flows.score_drafts import score_drafts
    from adplat.flows.write_drafts import require_new, write_drafts

    require_new(out)
    if (bundle is None) != (data is None):
        raise ConfigRejected(
            "a bundle and the data whose people it scores for belong together",
            where="--bundle" if data is None else "--data",
            hint="give both, or neither",
        )
    placements = load_placements()
    brief = with_directions(read_brief(brief_path, placements), directions)
    done = draft_round(
        brief, pictures_of(brief, brief_path.parent), placements, plan, draft_tools(settings, plan), progress
    )
    if bundle is not None and data is not None:
        made = score_drafts(done.made, brief, bundle, data, settings.cache_folder, progress)
        done = replace(done, made=made)
    with ExitStack() as stack:
        # Opened first: a database that is away is told before anything is written.
        parts = stack.enter_context(opened_drafts(settings)) if keep else None
        document = write_drafts(done, out)
        if parts is not None:
            keep_drafts(parts, done)
    return document
