"""``adplat report-schedule …``: saved reports that are sent by themselves, seen from the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say, when
from adplat.cli.service import WorkspaceOption
from adplat.domain import JobState


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(help="Saved reports that are sent by themselves.", no_args_is_help=True)
    commands.command("list")(list_all)
    commands.command("run-due")(run_due)
    app.add_typer(commands, name="report-schedule")


def list_all(
    limit: Annotated[int, typer.Option(min=1, max=500, help="So many, those that are due next first.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everybody's schedules: whose, when, whereto, and what became of the latest sending."""
    from adplat.bootstrap import existing_workspace, opened_report_sends
    from adplat.flows.describe_saved_reports import schedule_document

    with opened_report_sends(existing_workspace(workspace)) as parts:
        found = [schedule_document(one) for one in parts.sends.schedules(limit)]
    if as_json:
        print_json({"schedules": found})
        return
    columns = ("schedule", "report", "owner", "next", "to", "state", "latest", "result")
    print_table("report schedules", columns, [_row(one) for one in found], spare=("report", "latest", "owner"))


def run_due(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Send what is due now, and nothing else: for whoever runs no worker. Ends with 1 where something failed."""
    from adplat.bootstrap import existing_workspace, send_due_reports

    done = send_due_reports(existing_workspace(workspace))
    if as_json:
        print_json({"jobs": [{"job_id": one.job_id, "state": one.state.value, "error": one.error} for one in done]})
    for one in done:
        outcome = str((one.result or {}).get("state", one.state.value))
        say(f"schedule {one.order.subject}: {outcome}{f', {one.error}' if one.error else ''}")
    if not done:
        say("nothing is due")
    if any(one.state is not JobState.DONE for one in done):
        raise typer.Exit(1)


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    to = [*one["recipients"], *filter(None, [one["webhook"]])]
    due, latest = when(one["next_at"]), when(one["last_at"])
    return one["schedule_id"], one["report_id"], one["owner"], due, to, one["state"], latest, one["told"] or None
