"""``adplat draft BRIEF --out DIR``: creatives drafted from a brief."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(draft)


def draft(
    brief: Annotated[Path, typer.Argument(metavar="BRIEF", help="YAML or JSON; see adplat schema brief.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder for files, sidecars, contact sheet.")],
    variants: Annotated[int, typer.Option(min=1, help="Of each placement and language, one element apart.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of words and grounds.")] = 0,
    painter: Annotated[
        str, typer.Option(help="procedural, diffusers:ID (a hub id or folder), or diffusers:FILE.yaml (its settings).")
    ] = "procedural",
    copywriter: Annotated[
        str, typer.Option(help="template, lm (the packaged model), lm:ID, or lm:FILE.yaml.")
    ] = "template",
    tries: Annotated[int, typer.Option(min=1, help="Seeds for each draft until no rule fails.")] = 3,
    directions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What 'adplat improve' wrote; stands before the brief's own.")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(metavar="DIR", help="Score the drafts with this model.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="LAKE", help="World or workspace whose people it is scored for.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Also keep them in the workspace, held.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft creatives: words that rest on the brief's facts, at every placement, reviewed, marked and sealed."""
    from adplat.bootstrap import draft_from_file, read_settings
    from adplat.flows.draft_round import DraftPlan

    with progress_bar() as progress:
        document = draft_from_file(
            read_settings(workspace=workspace),
            brief,
            out,
            DraftPlan(variants, seed, painter, copywriter, tries),
            progress,
            directions=directions,
            bundle=bundle,
            data=data,
            keep=keep,
        )
    if as_json:
        print_json(document)
        return
    print_table(
        f"{len(document['drafts'])} drafts, held until a person approves them",
        ("file", "verdict", "headline", "p(click)", "findings"),
        [_row(one) for one in document["drafts"]],
    )
    print_table(
        "available",
        ("template", "ordered", "at the first try", f"within {tries}"),
        [
            (name, int(one["ordered"]), f"{one['first_try']:.0%}", f"{one['within_tries']:.0%}")
            for name, one in document["available"].items()
        ],
    )
    for one in document["not_available"]:
        why = "; ".join(f"{found['evidence']} ({found['rule']})" for found in one["findings"])
        say(f"not available: {one['placement']} {one['language']} {one['template']}: {why}")
    say(f"wrote {out}; look at {out / 'drafts.html'}")


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    headline = next((line["text"] for line in one["copy"] if line["part"] == "headline"), "")
    rate = one["p_click"]
    chance = "–" if rate is None else f"{rate[1]:.2%} ({rate[0]:.2%} to {rate[2]:.2%})"
    found = ", ".join(finding["rule"] for finding in one["review"]["findings"]) or "–"
    return one["file"] or one["placement"], one["review"]["verdict"], headline, chance, found
