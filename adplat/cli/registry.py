"""``adplat model …``: bundles registered, compared, promoted by gates, rolled back, shadowed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say

WorkspaceOption = Annotated[Path | None, typer.Option(help="Folder of all state; default .adplat.")]
BundleArgument = Annotated[str, typer.Argument(help="Bundle folder, or the beginning of a registered id.")]
SHORT = 12
MEASURES = ("auc", "logloss", "normalised_entropy", "pcoc")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="The model registry: which bundles there are, which is live, and the way from one to the other.",
        no_args_is_help=True,
    )
    commands.command("register")(register_one)
    commands.command("list")(list_all)
    commands.command("show")(show)
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
    from adplat.bootstrap import opened_registry, read_settings
    from adplat.flows.describe_registry import registry_document

    with opened_registry(read_settings(workspace=workspace)) as parts:
        told = registry_document(parts.bundles.registered(), parts.bundles.history(), served_in(parts.workspace))
    if as_json:
        print_json(told)
        return
    print_table(
        "Registered bundles",
        ("bundle", "state", "made", "rows", "data until", *MEASURES, "parent", "live since", "by"),
        [_listed(one) for one in told["bundles"]],
    )
    if told["served"] != told["live"]:
        say(
            f"replicas are pointed to {short(told['served'])}, the registry says {short(told['live'])}: "
            "a step was interrupted; promote, deploy or roll back once more"
        )


def show(bundle: BundleArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """One bundle: what made it, its figures, and every time it went live."""
    from adplat.bootstrap import opened_registry, read_settings
    from adplat.ctr import read_manifest
    from adplat.flows.describe_registry import bundle_document, deployment_document

    name = read_manifest(Path(bundle)).bundle_id if Path(bundle).is_dir() else bundle
    with opened_registry(read_settings(workspace=workspace)) as parts:
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


def served_in(workspace: Path) -> str:
    """The bundle that the workspace's pointer serves; empty before the first deployment."""
    from adplat.domain import MissingInput
    from adplat.snapshots import DeploymentPointer

    try:
        return DeploymentPointer(workspace).read().bundle_id
    except MissingInput:
        return ""


def short(bundle_id: str | None) -> str:
    """Enough of an id for a person."""
    return (bundle_id or "nothing")[:SHORT]


def when(moment: str | None) -> str | None:
    """A moment to the minute, UTC."""
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M") if moment else None


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
