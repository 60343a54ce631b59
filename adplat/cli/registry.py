"""``adplat model …``: bundles registered, compared, promoted by gates, rolled back, shadowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adplat.cli import shadow
from adplat.cli.comparison_rows import compared, interval, short
from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say, when
from adplat.cli.service import WorkspaceOption

if TYPE_CHECKING:
    from adplat.flows.promote_bundle import Promotion

BundleArgument = Annotated[str, typer.Argument(help="Bundle folder, or the beginning of a registered id.")]
DataOption = Annotated[Path, typer.Option("--data", help="World or table folder, or one file, with later rows.")]
TablesOption = Annotated[Path | None, typer.Option(help="Where a file's side tables and images lie.")]
CacheOption = Annotated[Path | None, typer.Option("--cache", help="Encoder vectors; default: in the workspace.")]
MEASURES = ("auc", "logloss", "pcoc")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="The model registry: which bundles there are, which is live, and the way from one to the other.",
        no_args_is_help=True,
    )
    commands.command("register")(register_one)
    commands.command("list")(list_all)
    commands.command("show")(show)
    commands.command("compare")(compare)
    commands.command("promote")(promote)
    commands.command("rollback")(rollback)
    shadow.register(commands)
    app.add_typer(commands, name="model")


def register_one(
    bundle: Annotated[Path, typer.Argument(help="Bundle folder from adplat train.")],
    parent: Annotated[
        str, typer.Option(help="Registered bundle that this one is meant to replace; default: the live one.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a bundle down: what made it, on which rows, how good it was. Nothing is served by that."""
    from adplat.bootstrap import opened_registry, read_settings
    from adplat.ctr import verify_bundle
    from adplat.flows.describe_registry import bundle_document
    from adplat.flows.register_bundle import register_bundle

    made = verify_bundle(bundle)
    with opened_registry(read_settings(workspace=workspace)) as parts:
        known = register_bundle(parts.bundles, made, parts.clock, by=parts.by, parent=parent)
    if as_json:
        print_json(bundle_document(known))
    else:
        say(f"registered bundle {made.bundle_id} ({known.state})")


def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """All registered bundles, oldest first, with their state."""
    from adplat.bootstrap import existing_workspace, opened_registry
    from adplat.flows.describe_registry import registry_document

    with opened_registry(existing_workspace(workspace)) as parts:
        told = registry_document(parts.bundles.registered(), parts.bundles.history(), served_in(parts.workspace))
    if as_json:
        print_json(told)
        return
    print_table(
        "Registered bundles",
        ("bundle", "state", "made", "rows", "data until", *MEASURES, "parent", "live since", "by"),
        [_listed(one) for one in told["bundles"]],
        spare=("parent", "by", "data until", "made"),
    )
    if told["served"] != told["live"]:
        say(
            f"replicas are pointed to {short(told['served'])}, the registry says {short(told['live'])}: "
            "a step was interrupted; promote, deploy or roll back once more"
        )


def show(bundle: BundleArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One bundle: what made it, its figures, and every time it went live."""
    from adplat.bootstrap import existing_workspace, opened_registry
    from adplat.ctr import read_manifest
    from adplat.flows.describe_registry import bundle_document, deployment_document

    name = read_manifest(Path(bundle)).bundle_id if Path(bundle).is_dir() else bundle
    with opened_registry(existing_workspace(workspace)) as parts:
        found = parts.bundles.find(name)
        history = [line for line in parts.bundles.history() if line.bundle_id == found.bundle.bundle_id]
    told = bundle_document(found, whole=True) | {"history": [deployment_document(line) for line in history]}
    if as_json:
        print_json(told)
        return
    data = told["data"]
    facts = {name: told[name] for name in ("state", "path", "schema_digest", "parent", "registered_by")}
    facts |= {"made": when(told["created"]), "registered": when(told["registered"])}
    facts |= {"rows": data["rows"], "later rows": data["later_rows"]}
    facts |= {"data since": when(data["since"]), "data until": when(data["until"])}
    print_table(f"Bundle {told['bundle_id']}", ("fact", "value"), [*facts.items(), *told["metrics"].items()])
    print_table(
        "When it went live",
        ("at", "how", "by", "gates", "reason"),
        [
            (when(line["at"]), line["kind"], line["by"], _gates(line["gates"]), line["reason"])
            for line in told["history"]
        ],
    )


def compare(
    a: Annotated[str, typer.Argument(help="Bundle folder or registered id: what is.")],
    b: Annotated[str, typer.Argument(help="Bundle folder or registered id: what might be.")],
    data: DataOption,
    tables: TablesOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 7,
    cache: CacheOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Both bundles on the same later rows: measures, and the difference with its interval, overall and by slice."""
    import numpy as np

    from adplat.bootstrap import opened_registry, read_settings
    from adplat.flows.compare_bundles import compare_bundles

    with opened_registry(read_settings(workspace=workspace), cache) as parts, progress_bar() as progress:
        told = compare_bundles(
            parts.bundles,
            a,
            b,
            data,
            cache_dir=parts.cache_dir,
            rng=np.random.default_rng(seed),
            progress=progress,
            tables_dir=tables,
        )
    if as_json:
        print_json(told)
        return
    sides = f"a = {short(told['a'])} ({told['judged']['a']}), b = {short(told['b'])} ({told['judged']['b']})"
    print_table(
        f"{sides}: {told['rows']:,} rows, {told['positives']:,} clicks",
        ("", "a", "b", "b - a", "95 % interval", "better"),
        [compared(name, figures) for name, figures in told["overall"].items() if name != "rows"],
    )
    print_table(
        "By slice (interval of the log loss)",
        ("", "rows", "auc a", "auc b", "pcoc a", "pcoc b", "logloss b - a", "95 % interval", "better"),
        [_compared_slice(name, figures) for name, figures in told["slices"].items()],
        spare=("pcoc a", "pcoc b"),
    )


def promote(
    bundle: BundleArgument,
    data: DataOption,
    force: Annotated[bool, typer.Option("--force", help="Pass over failed gates; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the history and the audit trail.")] = "",
    tables: TablesOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 7,
    cache: CacheOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the gates on later rows; where all pass, make the bundle the live one and publish it."""
    import numpy as np

    from adplat.bootstrap import lock_workspace, opened_registry, read_settings
    from adplat.domain import GatesFailed
    from adplat.flows.promote_bundle import promote_bundle

    settings = read_settings(workspace=workspace)
    rng = np.random.default_rng(seed)
    with lock_workspace(settings, "deploy"), opened_registry(settings, cache) as parts, progress_bar() as progress:
        try:
            done = promote_bundle(parts, bundle, data, rng, progress, force=force, reason=reason, tables_dir=tables)
        except GatesFailed as refused:
            if not as_json:
                _print_gates("Gates", refused.detail)
            raise
    if as_json:
        print_json(done.as_json())
        return
    _print_gates(f"Gates on rows that are {done.gates['judged']}", done.gates)
    _say_live(done)


def rollback(
    reason: Annotated[str, typer.Option(help="Why, for the history and the audit trail.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the bundle back that was live before the present one."""
    from adplat.bootstrap import existing_workspace, lock_workspace, opened_registry
    from adplat.flows.promote_bundle import roll_back

    settings = existing_workspace(workspace)
    with lock_workspace(settings, "deploy"), opened_registry(settings) as parts, progress_bar() as progress:
        done = roll_back(parts, progress, reason=reason)
    if as_json:
        print_json(done.as_json())
    else:
        _say_live(done)


def served_in(workspace: Path) -> str:
    """The bundle that the workspace's pointer serves; empty before the first deployment."""
    from adplat.domain import MissingInput
    from adplat.snapshots import DeploymentPointer

    try:
        return DeploymentPointer(workspace).read().bundle_id
    except MissingInput:
        return ""


def _say_live(done: Promotion) -> None:
    instead = f" instead of {short(done.previous)}" if done.previous else ""
    say(f"bundle {short(done.bundle.bundle_id)} is live{instead}")
    if not done.snapshot_id:
        say("no catalogue is deployed in this workspace, so nothing is served with it")


def _print_gates(title: str, report: Mapping[str, Any]) -> None:
    def verdict(gate: Mapping[str, Any]) -> str:
        return ("passes" if gate["passes"] else "FAILS") + ("" if gate["decided"] else " (too few rows to be sure)")

    lines = [(gate["name"], gate["value"], gate["limit"], verdict(gate)) for gate in report["gates"]]
    print_table(
        f"{title}: {report['rows']:,} rows with {report['positives']:,} clicks", ("gate", "value", "limit", ""), lines
    )
    for gate in report["gates"]:
        say(f"{gate['name']}: {gate['figure']}")


def _compared_slice(name: str, told: Mapping[str, Any]) -> tuple[object, ...]:
    sides = [told[measure][side] for measure in ("auc", "pcoc") for side in ("a", "b")]
    loss = told["logloss"]
    return name, told["rows"]["b"], *sides, loss["difference"], interval(loss), loss.get("better")


def _listed(one: dict[str, Any]) -> tuple[object, ...]:
    latest, data = one["deployed"] or {}, one["data"]
    return (
        short(one["bundle_id"]),
        one["state"],
        when(one["created"]),
        data["rows"],
        when(data["until"]),
        *(one["metrics"].get(name) for name in MEASURES),
        short(one["parent"]) if one["parent"] else None,
        when(latest.get("at")),
        latest.get("by") or one["registered_by"],
    )


def _gates(report: dict[str, Any] | None) -> str | None:
    if report is None:
        return None
    return "passed" if report["passes"] else "forced past " + ", ".join(report["failed"])
