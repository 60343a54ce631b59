"""``adplat drafts …``: held drafts are looked at, approved or rejected, and released."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import CreativeStatus

DraftArgument = Annotated[str, typer.Argument(metavar="DRAFT", help="Its id; see adplat drafts list.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="Held drafts of creatives: approved into the catalogue, released, or rejected.", no_args_is_help=True
    )
    commands.command("list")(list_all)
    commands.command("show")(show)
    commands.command("approve")(approve)
    commands.command("reject")(reject)
    commands.command("release")(release)
    app.add_typer(commands, name="drafts")


def list_all(
    status: Annotated[CreativeStatus | None, typer.Option(help="Only those that are so.")] = None,
    campaign: Annotated[str, typer.Option(help="Only of this campaign.")] = "",
    brief: Annotated[str, typer.Option(help="Only of this brief.")] = "",
    after: Annotated[str, typer.Option(metavar="DRAFT", help="Only what comes after it in this list.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drafts, newest first."""
    from adplat.bootstrap import existing_workspace, opened_drafts
    from adplat.flows.describe_drafts import kept_document

    with opened_drafts(existing_workspace(workspace)) as parts:
        found = parts.drafts.drafts(status=status, campaign_id=campaign, brief_id=brief, after=after, limit=limit)
    documents = [kept_document(one) for one in found]
    if as_json:
        print_json({"drafts": documents})
        return
    print_table("drafts", ("draft", "status", "verdict", "placement", "headline", "p(click)"), [*map(_row, documents)])


def show(draft: DraftArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One draft: its words and facts, how it was made, what its review found, what was done with it."""
    from adplat.bootstrap import existing_workspace, opened_drafts
    from adplat.flows.describe_drafts import draft_story

    with opened_drafts(existing_workspace(workspace)) as parts:
        story = draft_story(parts, draft)
    if as_json:
        print_json(story)
        return
    plain = ("status", "placement", "campaign_id", "media_type", "made_by", "decided_by", "reason", "creative_id")
    print_table(f"draft {draft}", ("", "value"), [(name, story[name]) for name in plain])
    print_table("copy", ("part", "text", "facts"), [_words(one) for one in story["copy"]])
    findings = [(one["rule"], one["severity"], one["evidence"], one["fix"]) for one in story["review"]["findings"]]
    print_table(f"review: {story['review']['verdict']}", ("rule", "", "evidence", "fix"), findings)
    print_table(
        "changes", ("at", "who", "what"), [(one["at"], one["actor"], one["action"]) for one in story["changes"]]
    )


def approve(
    draft: DraftArgument,
    reason: ReasonOption,
    ad: Annotated[
        str, typer.Option(help="The ad it belongs to; default: the one that leads where its brief says.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a held draft into the catalogue; it is shown once it is released."""
    from adplat.bootstrap import existing_workspace, opened_drafts
    from adplat.flows.decide_drafts import approve_draft
    from adplat.flows.describe_drafts import kept_document

    with opened_drafts(existing_workspace(workspace)) as parts:
        done = kept_document(approve_draft(parts, draft, reason, ad_id=ad))
    _finish(done, f"draft {draft} is approved; to show it: adplat drafts release {draft}", as_json)


def reject(
    draft: DraftArgument, reason: ReasonOption, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Say no to a held draft."""
    from adplat.bootstrap import existing_workspace, opened_drafts
    from adplat.flows.decide_drafts import reject_draft
    from adplat.flows.describe_drafts import kept_document

    with opened_drafts(existing_workspace(workspace)) as parts:
        done = kept_document(reject_draft(parts, draft, reason))
    _finish(done, f"draft {draft} is rejected", as_json)


def release(
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT…", help="Approved ones.")],
    original_share: Annotated[
        float | None, typer.Option(help="Share of the people that sees the originals alone; default: the setting.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show approved drafts: the bandit starts with the model's word of them, and the originals keep their share."""
    from adplat.bootstrap import existing_workspace, opened_drafts, opened_experiments, opened_registry
    from adplat.flows.release_drafts import release_drafts

    settings = existing_workspace(workspace, original_share=original_share)
    with (
        opened_drafts(settings) as parts,
        opened_registry(settings) as registry,
        opened_experiments(settings) as experiments,
        progress_bar() as progress,
    ):
        done = release_drafts(
            parts, registry, experiments, drafts, progress, original_share=settings.original_share
        ).document()
    if as_json:
        print_json(done)
        return
    served = f"snapshot {done['snapshot_id']}" if done["snapshot_id"] else "nothing is served here yet"
    say(f"{len(done['released'])} drafts are live; {served}")
    for campaign, told in done["originals"].items():
        say(f"campaign {campaign}: {told}")


def _row(document: Mapping[str, Any]) -> tuple[object, ...]:
    headline = next((one["text"] for one in document["copy"] if one["part"] == "headline"), "")
    clicks = document["p_click"]
    rate = "–" if clicks is None else f"{clicks[1]:.2%} ({clicks[0]:.2%} to {clicks[2]:.2%})"
    verdict = document["review"]["verdict"]
    return document["draft_id"], document["status"], verdict, document["placement"], headline, rate


def _words(one: Mapping[str, Any]) -> tuple[object, ...]:
    return one["part"], one["text"], ", ".join(one["fact_ids"]) or "–"


def _finish(document: Mapping[str, Any], line: str, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        say(line)
