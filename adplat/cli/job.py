"""``adplat job …``: what workers are to do, do and have done, and which of them live."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import JobState

JobArgument = Annotated[int, typer.Argument(metavar="JOB", help="Number of the job; see adplat job list.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="Jobs of workers: analyses of experiments, scores and what-ifs of forecasts; and the workers.",
        no_args_is_help=True,
    )
    commands.command("list")(list_all)
    commands.command("show")(show)
    commands.command("cancel")(cancel)
    commands.command("workers")(workers)
    app.add_typer(commands, name="job")


def list_all(
    state: Annotated[list[JobState] | None, typer.Option("--state", help="In this state; may be repeated.")] = None,
    kind: Annotated[str, typer.Option(help="Of this kind, such as analyze-experiment.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Jobs, newest first."""
    from adplat.bootstrap import opened_jobs, read_settings
    from adplat.flows.describe_jobs import job_document

    with opened_jobs(read_settings(workspace=workspace)) as queue:
        found = [job_document(job) for job in queue.jobs(state or [], kind=kind, limit=limit)]
    if as_json:
        print_json({"jobs": found})
        return
    columns = ("job_id", "kind", "subject", "state", "attempts", "run_after", "ended_at", "error")
    print_table("jobs", columns, [tuple(one[name] for name in columns) for one in found])


def show(job: JobArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One job with its result."""
    from adplat.bootstrap import opened_jobs, read_settings
    from adplat.flows.describe_jobs import job_document

    with opened_jobs(read_settings(workspace=workspace)) as queue:
        told = job_document(queue.find(job))
    if as_json:
        print_json(told)
    else:
        print_table(f"job {job}", ("", "value"), list(told.items()))


def cancel(job: JobArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Take a job out of the queue, or stop one that runs: its worker hears of it within a third of a lease."""
    from adplat.bootstrap import actor, clock, opened_jobs, read_settings
    from adplat.flows.describe_jobs import job_document

    settings = read_settings(workspace=workspace)
    with opened_jobs(settings) as queue:
        ended = queue.cancel(job, clock().now(), actor(settings))
    if as_json:
        print_json(job_document(ended))
    else:
        say(f"job {job} ({ended.order.kind} {ended.order.subject}) is cancelled")


def workers(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Workers that live: what each takes, what it does now and since when, and when it last said a word."""
    from adplat.bootstrap import clock, opened_workers, read_settings
    from adplat.flows.describe_jobs import worker_document

    with opened_workers(read_settings(workspace=workspace)) as listed:
        found = [worker_document(one) for one in listed.living(clock().now())]
    if as_json:
        print_json({"workers": found})
        return
    columns = ("worker_id", "doing", "kinds", "started", "seen", "version")
    print_table("workers", columns, [tuple(_in_a_cell(one[name]) for name in columns) for one in found])


def _in_a_cell(told: Any) -> Any:
    if isinstance(told, list):
        return ", ".join(told)
    return f"{told['kind']} {told['job_id']} since {told['since']}" if isinstance(told, dict) else told
