"""Jobs of the worker, in a process of their own.

A million rows keep an analysis busy for seconds, in Python for a part of them, and it may need more memory than there
is. As a thread it would share the interpreter's lock and its death with the fold; as a child process it delays nothing
and takes nothing along. Killed in mid-job, it is started again, and the job is taken again after its lease.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import SEND_REPORT, Job, JobHandler, StoreUnreachable
from services.hosting.asked_to_stop import stop_on_signals, stop_with_parent
from services.hosting.logs import writing_logs

if TYPE_CHECKING:
    from adplat.flows.draft_parts import DraftParts
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.flows.forecast_desk import ForecastDesk
    from adplat.flows.forecast_parts import ForecastParts
    from adplat.flows.send_parts import SendParts

_LOOK_S, _ROLLOUT_LOOK_S = 2.0, 0.5
_AWAY_S = 5.0
_PATIENCE_S = 5.0
# Behind the fold, which itself steps back behind the bidders.
_STEPS_BACK = 5
Said = Callable[[str], None]


class JobsOrder(msgspec.Struct):
    """What the worker tells this child; ``supervisor`` is its process id, ``rollouts``: it does those and no others."""

    settings: dict[str, object]
    supervisor: int
    rollouts: bool = False


def do_due_jobs(settings: Settings, told: Said = lambda _: None) -> int:
    """Do what is due now, in this process; says how many there were. Raises StoreUnreachable."""
    return _do_jobs(settings, threading.Event(), told, once=True)


def do_due_rollouts(settings: Settings, told: Said = lambda _: None) -> int:
    """The same of rollouts alone."""
    return _do_rollouts(settings, threading.Event(), told, once=True)


def do_jobs_until(
    settings: Settings, stop: threading.Event, told: Said = lambda _: None, *, rollouts: bool = False
) -> None:
    """Do jobs as they fall due, or ``rollouts`` alone; a database that is away is waited for."""
    do = _do_rollouts if rollouts else _do_jobs
    while not stop.is_set():
        try:
            do(settings, stop, told, once=False)
        except StoreUnreachable as reason:
            told(str(reason))
            stop.wait(_AWAY_S)


def _do_jobs(settings: Settings, stop: threading.Event, told: Said, *, once: bool) -> int:
    from adplat.flows.run_jobs import run_next_job
    from adplat.flows.watch_experiments import WatchPlan, watch_experiments
    from adplat.flows.watch_forecasts import watch_forecasts
    from adplat.flows.watch_reports import watch_reports

    plan = WatchPlan(
        timedelta(minutes=settings.analysis_every_minutes), timedelta(days=float(settings.attribution_days))
    )
    count, lease_s = 0, settings.job_lease_s
    score_every = timedelta(minutes=settings.forecast_score_every_minutes)
    with (
        bootstrap.opened_experiments(settings) as parts,
        bootstrap.opened_forecasts(settings) as forecasts,
        bootstrap.opened_drafts(settings) as drafts,
        bootstrap.opened_report_sends(settings) as sends,
    ):
        handlers = _handlers(settings, parts, forecasts, drafts, sends)
        with bootstrap.listed_worker(settings, handlers) as (name, present):
            while not stop.is_set():
                watch_experiments(parts, plan)
                watch_forecasts(forecasts, score_every)
                watch_reports(sends.sends, sends.clock)
                job = run_next_job(parts.jobs, handlers, name, parts.clock, lease_s=lease_s, present=present)
                if job is not None:
                    count += 1
                    told(_words_of(parts.jobs.find(job.job_id)))
                elif once:
                    break
                else:
                    stop.wait(_LOOK_S)
    return count


def _do_rollouts(settings: Settings, stop: threading.Event, told: Said, *, once: bool) -> int:
    """Those that were ordered in the admin, by a process of their own: a rollback waits for no analysis."""
    from adplat.domain import ROLLOUT_KINDS
    from adplat.flows.roll_out import do_rollout_job
    from adplat.flows.run_jobs import run_next_job

    parts, count, now, lease_s = bootstrap.rollout_parts(settings), 0, bootstrap.clock(), settings.job_lease_s
    handlers: Mapping[str, JobHandler] = dict.fromkeys(ROLLOUT_KINDS, partial(do_rollout_job, parts))
    with bootstrap.opened_jobs(settings) as queue, bootstrap.listed_worker(settings, handlers) as (name, present):
        while not stop.is_set():
            job = run_next_job(queue, handlers, name, now, lease_s=lease_s, present=present)
            if job is not None:
                count += 1
                told(_words_of(queue.find(job.job_id)))
            elif once:
                break
            else:
                stop.wait(_ROLLOUT_LOOK_S)
    return count


def _handlers(
    settings: Settings, parts: ExperimentParts, forecasts: ForecastParts, drafts: DraftParts, sends: SendParts
) -> Mapping[str, JobHandler]:
    """By kind; heavy imports wait for the first job."""
    from adplat.flows.draft_parts import DRAFT, RELEASE
    from adplat.flows.watch_experiments import ANALYZE
    from adplat.flows.watch_forecasts import SCORE, WHAT_IF

    def analyze(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        from adplat.data import Lake
        from adplat.flows.analyze_kept_experiment import analyze_kept_experiment

        return analyze_kept_experiment(parts, Lake(settings.lake_folder), job, tell)

    def score(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        from adplat.data import Lake
        from adplat.flows.score_forecasts import ScorePlan, do_score_job

        plan = ScorePlan(timedelta(days=float(settings.attribution_days)))
        learned = settings.learned_correction if settings.forecast_learn else None
        return do_score_job(forecasts, Lake(settings.lake_folder), plan, job, tell, learned)

    desk: list[ForecastDesk] = []

    def what_if(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        from adplat.flows.what_if_forecasts import do_what_if_job

        if not desk:
            desk.append(bootstrap.forecast_desk(settings))
        return do_what_if_job(desk[0], job, tell)

    def draft(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        return bootstrap.do_draft_job(settings, drafts, job, tell)

    def release(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        from adplat.flows.release_orders import do_release_job

        with bootstrap.opened_registry(settings) as registry:
            return do_release_job(drafts, registry, parts, job, tell, usual_share=settings.original_share)

    def send(job: Job, tell: Callable[[float], None]) -> Mapping[str, object]:
        from adplat.flows.send_report import do_send_job

        return do_send_job(sends, job, tell)

    return {
        ANALYZE: analyze,
        SCORE: score,
        WHAT_IF: what_if,
        DRAFT: draft,
        RELEASE: release,
        SEND_REPORT: send,
    }


def _words_of(job: Job) -> str:
    end = f": {job.error}" if job.error else ""
    return f"job {job.job_id} ({job.order.kind} {job.order.subject}) is {job.state.value}{end}"


@contextmanager
def jobs_beside(settings: Settings, told: Said = lambda _: None, *, rollouts: bool = False) -> Iterator[None]:
    """A child process does the jobs while the block runs; it is started again when it ends before that.

    ``rollouts``: it does those alone, and a process without them does all others.
    """
    over = threading.Event()
    order = JobsOrder(settings.model_dump(mode="json"), os.getpid(), rollouts)
    thread = threading.Thread(target=_keep_running, args=(order, over, told), daemon=True, name="jobs-beside")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _keep_running(told_order: JobsOrder, over: threading.Event, told: Said) -> None:
    order = msgspec.json.encode(told_order)
    while True:
        child = subprocess.Popen([sys.executable, "-m", "services.hosting.jobs"], stdin=subprocess.PIPE)
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError), child.stdin:  # it ended at once, which is seen and told below
                child.stdin.write(order)
        while child.poll() is None and not over.wait(_LOOK_S / 4):
            pass
        if over.is_set():
            _end(child)
            return
        told(f"the process that does jobs had ended ({child.returncode}) and is started again")
        over.wait(1.0)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()  # its job is taken again after its lease
        child.wait()


def main() -> None:
    """A child of the worker: a ``JobsOrder`` as JSON on stdin, a line for each job on stderr."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=JobsOrder)
    os.nice(_STEPS_BACK)
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop, order.supervisor)

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")  # stdout belongs to the worker, which may print a document on it
        sys.stderr.flush()

    settings = Settings.model_validate(order.settings)
    with writing_logs(settings, "jobs"):
        do_jobs_until(settings, stop, say, rollouts=order.rollouts)


if __name__ == "__main__":
    main()
