"""``adplat improve CAMPAIGN``: what its results say of the next brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import ConfigRejected

MOST_DECIDED = 1000


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(improve)


def improve(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its campaign_id.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the directions as YAML, for 'adplat draft --directions'.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read what a campaign's elements brought and what people rejected, and direct the next brief by what is sure."""
    from adplat.bootstrap import existing_workspace, opened_drafts
    from adplat.cli.bandit import what_replicas_know
    from adplat.flows.improve_campaign import improve_campaign, write_directions

    if out is not None and out.exists():
        raise ConfigRejected("it is there already", where=str(out), hint="name another file, or take it away")
    snapshot, known = what_replicas_know(workspace)
    with opened_drafts(existing_workspace(workspace)) as parts:
        told = improve_campaign(
            snapshot, known, parts.drafts.drafts(campaign_id=campaign, limit=MOST_DECIDED), campaign
        )
    if out is not None:
        write_directions(told, out)
    if as_json:
        print_json(told)
        return
    if told["why_none"]:
        say(told["why_none"])
    else:
        rows = [(one["direction"], one["because"]) for one in told["evidence"]]
        print_table(f"campaign {campaign}: {told['creatives']} creatives, {told['clicks']:,} clicks", ("", ""), rows)
    if out is not None:
        say(f"wrote {out}")
