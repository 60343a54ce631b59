"""``adplat experiment create|start|raise-traffic|pause-arm|stop|decide|list|show``: experiments, kept and run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say, when
from adplat.cli.service import WorkspaceOption

if TYPE_CHECKING:
    from adplat.domain import KeptExperiment
    from adplat.flows.experiment_parts import ExperimentParts

NameArgument = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its experiment_id.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")]


def register(commands: typer.Typer) -> None:
    """Add these commands to the group ``experiment``."""
    commands.command("create")(create)
    commands.command("start")(start)
    commands.command("raise-traffic")(raise_traffic)
    commands.command("pause-arm")(pause_arm)
    commands.command("stop")(stop)
    commands.command("decide")(decide)
    commands.command("list")(list_all)
    commands.command("show")(show)


def create(
    setup: Annotated[
        Path, typer.Argument(metavar="SETUP", help="JSON or YAML; see adplat schema experiment-setup and the docs.")
    ],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a set-up, plan its size, and keep it as a draft: nobody is assigned yet."""
    from adplat.flows.manage_experiments import create_experiment

    _change(lambda parts: create_experiment(parts, setup), workspace, as_json, begins=True)


def start(experiment: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Let a draft assign; replicas follow within a second, and the worker analyses it from now on."""
    from adplat.flows.manage_experiments import start_experiment

    _change(lambda parts: start_experiment(parts, experiment), workspace, as_json)


def raise_traffic(
    experiment: NameArgument,
    share: Annotated[float, typer.Argument(metavar="SHARE", help="From 0 to 1, such as 0.5; more than now.")],
    reason: ReasonOption = "",
    despite_alarms: Annotated[
        bool, typer.Option("--despite-alarms", help="Also where its latest result is unhealthy.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let more units take part; who is in stays in its arm, and nobody can be taken out again."""
    from adplat.flows.manage_experiments import raise_traffic as more

    _change(lambda parts: more(parts, experiment, share, reason, despite_alarms=despite_alarms), workspace, as_json)


def pause_arm(
    experiment: NameArgument,
    arm: Annotated[str, typer.Argument(metavar="ARM", help="Not the control.")],
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an arm's units to the others for the rest of the test."""
    from adplat.flows.manage_experiments import pause_arm as pause

    _change(lambda parts: pause(parts, experiment, arm, reason), workspace, as_json)


def stop(
    experiment: NameArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Assign nobody any more; late outcomes still count, and it cannot go on."""
    from adplat.flows.manage_experiments import stop_experiment

    _change(lambda parts: stop_experiment(parts, experiment, reason), workspace, as_json)


def decide(
    experiment: NameArgument,
    winner: Annotated[str, typer.Argument(metavar="WINNER", help="Name of an arm, or none.")],
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what a stopped experiment showed; nothing is changed in the catalogue."""
    from adplat.flows.manage_experiments import decide_experiment

    _change(lambda parts: decide_experiment(parts, experiment, winner, reason), workspace, as_json)


def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """All experiments, oldest first."""
    from adplat.bootstrap import existing_workspace, opened_experiments
    from adplat.flows.describe_experiments import experiment_document

    with opened_experiments(existing_workspace(workspace)) as parts:
        found = [experiment_document(kept) for kept in parts.experiments.experiments()]
    if as_json:
        print_json({"experiments": found})
        return
    _print_experiments("experiments", found)


def show(
    experiment: NameArgument,
    history: Annotated[bool, typer.Option("--history", help="Also every analysis and every change.")] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw its intervals over time into FILE.png, .svg or .html.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """One experiment, and what its latest analysis said."""
    from adplat.bootstrap import existing_workspace, opened_experiments
    from adplat.flows.describe_experiments import experiment_story
    from adplat.flows.write_experiment_picture import write_experiment_picture

    with opened_experiments(existing_workspace(workspace)) as parts:
        told = experiment_story(parts, experiment, history=history)
        if picture is not None:
            write_experiment_picture(parts, experiment, picture)
    if as_json:
        print_json(told)
        return
    _print_story(told)
    if picture is not None:
        say(f"wrote {picture}")


def _change(
    step: Callable[[ExperimentParts], KeptExperiment], workspace: Path | None, as_json: bool, *, begins: bool = False
) -> None:
    """``begins``: this may be the first that a workspace is told."""
    from adplat.bootstrap import existing_workspace, opened_experiments, read_settings
    from adplat.flows.describe_experiments import experiment_document

    settings = read_settings(workspace=workspace) if begins else existing_workspace(workspace)
    with opened_experiments(settings) as parts:
        told = experiment_document(step(parts))
    if as_json:
        print_json(told)
        return
    paused = [arm["name"] for arm in told["arms"] if arm["paused"]]
    line = f"experiment {told['experiment_id']} is {told['state']}"
    line += f", winner: {told['winner'] or 'none'}" if told["decided_at"] else ""
    line += f", paused: {', '.join(paused)}" if paused else ""
    line += f"; {100 * told['traffic']:g} % of its units take part" if told["raises"] else ""
    planned = told["planned"]
    if told["state"] == "draft":
        days = planned["duration_days"]
        line += f"; planned are {planned['units']:,} units" + (f", {days:.1f} days" if days is not None else "")
    say(line)


def _print_experiments(title: str, told: Sequence[dict[str, Any]]) -> None:
    columns = ("experiment", "state", "arms", "started", "stopped", "winner")
    print_table(title, columns, [_row(one) for one in told], spare=("stopped", "started"))


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    arms = ", ".join(arm["name"] + (" (paused)" if arm["paused"] else "") for arm in one["arms"])
    return one["experiment_id"], one["state"], arms, when(one["started_at"]), when(one["stopped_at"]), one["winner"]


def _print_story(told: dict[str, Any]) -> None:
    from adplat.cli.experiment import print_analysis

    _print_experiments("experiment", [told])
    if told["reason"]:
        typer.echo(f"decided because: {told['reason']}")
    for one in told["raises"]:
        typer.echo(f"{when(one['at'])}: traffic raised to {100 * one['share']:g} % by {one['by']}: {one['why']}")
    if (end := told["expected"]) is not None:
        line = f"the planned units will have come on {when(end['at'])}"
        if told["raises"]:
            line += f"; on {when(end['first_at'])}, without the raise, {end['units']:,} with power {end['power']:.0%}"
        typer.echo(line)
    for names in told["alike_arms"]:
        typer.echo(f"{', '.join(names)} show the same, chosen in the same way: there is only chance between them")
    latest = told["latest"]
    if latest is None:
        typer.echo("no analysis yet: the worker makes them")
    else:
        typer.echo(f"analysis {told['results']}, {when(latest['at'])}:")
        print_analysis(latest["document"]["analysis"])
        for one in latest["document"]["guardrails"]:
            breached = ", ".join(one["breached_by"])
            typer.echo(f"guardrail {one['metric']}: " + (f"breached by {breached}" if breached else "holds"))
    if told["next_analysis"] is not None:
        typer.echo(f"next analysis: job {told['next_analysis']['job_id']}, {when(told['next_analysis']['run_after'])}")
    for change in told.get("changes", ()):
        rest = ", ".join(f"{name}: {value}" for name, value in change.items() if name not in {"at", "by", "action"})
        typer.echo(f"{when(change['at'])} {change['by']}: {change['action']}" + (f" ({rest})" if rest else ""))
    if "history" in told:
        rows = [_result_row(result) for result in told["history"]]
        print_table("analyses", ("at", "units", "verdict", "differences to the control"), rows)


def _result_row(result: dict[str, Any]) -> tuple[Any, ...]:
    from adplat.cli.experiment import interval

    differences = "; ".join(
        f"{one['treatment']} {interval(one['ci'])}" for one in result["document"]["analysis"]["comparisons"]
    )
    return when(result["at"]), result["document"]["analysis"]["data"]["units"], result["verdict"], differences
