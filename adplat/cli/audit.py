"""``adplat audit …``: who did what, and whether that is still what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import ConfigRejected, ListRequest, condition_from

BROKEN = 2


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(help="The audit trail: who did what, when and why.", no_args_is_help=True)
    commands.command("check")(check)
    commands.command("list")(list_some)
    app.add_typer(commands, name="audit")


def check(
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", help="An export (CSV) instead of the workspace; again for more parts of one trail."),
    ] = None,
    filtered: Annotated[
        bool, typer.Option("--filtered", help="Of --file: records were left out by a filter, so gaps are no fault.")
    ] = False,
    anchors: Annotated[
        Path | None,
        typer.Option(
            help="A file of earlier ends of the trail, best kept elsewhere: held against it; without --file added to."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whether any record was edited, removed, inserted, moved or cut off. Ends with 2 where one was."""
    from adplat.flows.check_audit_file import check_audit_file

    if filtered and not file:
        raise ConfigRejected("the workspace has the whole trail", where="--filtered", hint="give an export with --file")
    told = check_audit_file(file, anchors, is_filtered=filtered) if file else _check_workspace(workspace, anchors)
    if as_json:
        print_json(told)
    elif told["holds"]:
        head, begin = told["head"], f" from {told['first']['number']} on" if file else ""
        say(f"{told['records']:,} records{begin} hold; the last one is {head['number']} {head['sha256']}")
    else:
        for fault in told["faults"]:
            say(f"adplat: {fault}")
        say(f"adplat: {_broken(told, is_filtered=filtered)}")
    if not as_json and file:
        for one in told["not_shown"]:
            say(f"not shown by a file: {one}")
    if not told["holds"]:
        raise typer.Exit(BROKEN)


def _check_workspace(workspace: Path | None, anchors: Path | None) -> dict[str, Any]:
    from adplat.bootstrap import existing_workspace, opened_audit
    from adplat.flows.check_audit import check_audit

    with opened_audit(existing_workspace(workspace)) as trail, progress_bar() as progress:
        return check_audit(trail, anchors, progress)


def _broken(told: dict[str, Any], *, is_filtered: bool) -> str:
    if "broken" not in told:
        return f"the audit trail does not hold ({told['fault_count']} faults): compare it with a backup"
    counts = f"{told['records']:,} records were checked, {told['fault_count']:,} faults"
    hint = "ask for another export"
    if told["gap_count"] and not is_filtered:
        first, last = told["gaps"][0]
        hint += f"; records {first} to {last} are not in it: say --filtered if a filter left them out"
    return f"the export does not hold, first at record {told['broken']} ({counts}): {hint}"


def list_some(
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            help="Such as actor=mei, kind=job|bandit, action~experiment or at>=2026-01-01; all must hold.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="So many at most.")] = 50,
    oldest: Annotated[bool, typer.Option("--oldest-first", help="From the beginning.")] = False,
    cursor: Annotated[str, typer.Option(help="What 'next' said of the page before.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Records, newest first, page by page."""
    from adplat.bootstrap import existing_workspace, opened_audit
    from adplat.flows.describe_people import audit_document

    order = "number" if oldest else "-number"
    request = ListRequest([condition_from(one, "actor=mei") for one in where or []], order, limit, cursor)
    with opened_audit(existing_workspace(workspace)) as trail:
        page = trail.records(request)
    told = [audit_document(record) for record in page.items]
    if as_json:
        print_json({"records": told, "next": page.next})
        return
    columns = ("number", "at", "kind", "actor", "action", "subject", "reason")
    shown = [one | {"number": str(one["number"]), "at": f"{one['at']:%Y-%m-%d %H:%M:%S}"} for one in told]
    rows = [tuple(one[name] for name in columns) for one in shown]
    print_table("Audit trail", columns, rows, spare=("kind", "number"))
    if page.next:
        say(f"there are more: --cursor {page.next}")
