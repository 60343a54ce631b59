"""``adplat job …``: what workers are to do, do and have done, and which of them live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say, when
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
    from adplat.bootstrap import existing_workspace, opened_jobs
    from adplat.flows.describe_jobs import job_document

    with opened_jobs(existing_workspace(workspace)) as queue:
        found = [job_document(job) for job in queue.jobs(state or [], kind=kind, limit=limit)]
    if as_json:
        print_json({"jobs": found})
        return
    columns = ("job", "kind", "subject", "state", "attempts", "due", "ended", "error")
    print_table("jobs", columns, [_row(one) for one in found], spare=("attempts", "due", "ended"))


def show(job: JobArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One job with its result."""
    from adplat.bootstrap import existing_workspace, opened_jobs
    from adplat.flows.describe_jobs import job_document

    with opened_jobs(existing_workspace(workspace)) as queue:
        told = job_document(queue.find(job))
    if as_json:
        print_json(told)
    else:
        moments = ("run_after", "created_at", "heartbeat_at", "lease_until", "ended_at")
        told |= {"job_id": str(told["job_id"]), **{name: when(told[name]) for name in moments}}
        print_table(f"job {job}", ("", "value"), [(name.replace("_", " "), value) for name, value in told.items()])


def cancel(job: JobArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Take a job out of the queue, or stop one that runs: its worker hears of it within a third of a lease."""
    from adplat.bootstrap import actor, clock, existing_workspace, opened_jobs
    from adplat.flows.describe_jobs import job_document

    settings = existing_workspace(workspace)
    with opened_jobs(settings) as queue:
        ended = queue.cancel(job, clock().now(), actor(settings))
    if as_json:
        print_json(job_document(ended))
    else:
        say(f"job {job} ({ended.order.kind} {ended.order.subject}) is cancelled")


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    tries = f"{one['attempts']} of {one['most_attempts']}"
    moments = (when(one[name]) for name in ("run_after", "ended_at"))
    return str(one["job_id"]), one["kind"], one["subject"], one["state"], tries, *moments, one["error"]


def workers(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Workers that live: what each takes, what it does now and since when, and when it last said a word."""
    from adplat.bootstrap import clock, existing_workspace, opened_workers
    from adplat.flows.describe_jobs import worker_document

    with opened_workers(existing_workspace(workspace)) as listed:
        found = [worker_document(one) for one in listed.living(clock().now())]
    if as_json:
        print_json({"workers": found})
        return
    columns = ("worker", "doing", "kinds", "started", "seen", "version")
    print_table("workers", columns, [_worker_row(one) for one in found], spare=("version", "started"))


def _worker_row(one: Mapping[str, Any]) -> tuple[object, ...]:
    job = one["doing"]
    doing = f"{job['kind']} {job['job_id']} since {when(job['since'])}" if job else ""
    return one["worker_id"], doing, ", ".join(one["kinds"]), when(one["started"]), when(one["seen"]), one["version"]
