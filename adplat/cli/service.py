"""``adplat deploy``, ``adplat serve``, ``adplat worker`` and ``adplat db …``."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, progress_bar, say
from adplat.domain import ConfigRejected, InternalFault


class ServiceName(StrEnum):
    """What can be served."""

    BIDDING = "bidding"
    FORECASTING = "forecasting"
    GENERATION = "generation"
    ADMIN = "admin"


WorkspaceOption = Annotated[Path | None, typer.Option(help="Folder of all state; default .adplat.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(deploy)
    app.command()(serve)
    app.command()(worker)
    commands = typer.Typer(
        help="Bring the database to the newest migration, or look whether it is.", no_args_is_help=True
    )
    commands.command("upgrade")(db_upgrade)
    commands.command("check")(db_check)
    app.add_typer(commands, name="db")


def deploy(
    bundle: Annotated[Path, typer.Argument(help="Bundle folder from adplat train.")],
    catalogue: Annotated[Path, typer.Option("--catalogue", help="Folder with catalogue/ and images/.")],
    policy: Annotated[str, typer.Option(help="Which creative next, by name.")] = "thompson-with-prior",
    objective: Annotated[str, typer.Option(help="What a showing is to bring: ctr, cvr, value, cpa or mix.")] = "ctr",
    prior_strength: Annotated[
        float | None, typer.Option(help="Expected clicks that the model's word is worth; default: learned.")
    ] = None,
    exploration_floor: Annotated[
        float | None, typer.Option(help="Least probability of a creative; default: 0.01, all together at most 0.02.")
    ] = None,
    half_life_h: Annotated[
        float | None, typer.Option(help="Clicks fade by half in so many hours: 1, 4, 16, 64 or 256; default: never.")
    ] = None,
    least_ctr_share: Annotated[
        float, typer.Option(help="Creatives below this share of the best click rate are not chosen.")
    ] = 0.0,
    click_worth: Annotated[float, typer.Option(help="In micros, in a mix.")] = 0.0,
    conversion_worth: Annotated[float, typer.Option(help="In micros, in a mix.")] = 0.0,
    value_share: Annotated[float, typer.Option(help="Of conversions' own value, in a mix.")] = 1.0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the catalogue in SQL, packed users in Redis, and publish what replicas serve from."""
    from adplat.bootstrap import deploy_bundle, read_settings
    from adplat.snapshots import PolicySettings

    chosen = PolicySettings(
        policy,
        prior_strength,
        exploration_floor,
        half_life_h,
        objective,
        least_ctr_share,
        click_worth,
        conversion_worth,
        value_share,
    )
    with progress_bar() as progress:
        summary = deploy_bundle(read_settings(workspace=workspace), bundle, catalogue, progress, chosen)
    if as_json:
        print_json(summary)
    else:
        say(f"deployed bundle {summary['bundle_id']} with {summary['live_creatives']} live creatives")


def serve(
    service: Annotated[ServiceName, typer.Argument(help="Which one.")] = ServiceName.BIDDING,
    port: Annotated[
        int | None,
        typer.Option(help="HTTP port; default 8470, forecasting 8100, generation 8110, admin 8480."),
    ] = None,
    grpc_port: Annotated[int | None, typer.Option(help="gRPC port; default 8471, of forecasting 8101.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1.")] = None,
    replicas: Annotated[int | None, typer.Option(help="Processes that answer; default 1.")] = None,
    profile: Annotated[
        str, typer.Option(help="Named settings: laptop (one machine) or cluster (replicas on a Ray cluster).")
    ] = "laptop",
    workspace: WorkspaceOption = None,
    with_worker: Annotated[bool, typer.Option(help="Also run the worker as a child process.")] = True,
) -> None:
    """Serve the deployed bundle over HTTP and gRPC until stopped; or forecasts; or drafts; or the admin."""
    from adplat.bootstrap import profile_settings, read_settings

    if service is ServiceName.ADMIN:
        if profile != "laptop" or grpc_port is not None or replicas is not None:
            raise ConfigRejected(
                "the admin is one process of this machine, over HTTP alone",
                where="--profile, --grpc-port, --replicas",
                hint="leave them out",
            )

        def admin_at(url: str) -> None:
            say(f"admin on {url}; stop with Ctrl-C")

        asked = read_settings(workspace=workspace, admin_port=port, http_host=host)
        serve_entry_point("admin")(asked, ready=admin_at, told=say)
        return
    if service is ServiceName.GENERATION:
        if profile != "laptop":
            raise ConfigRejected("generation is served on this machine alone", where="--profile", hint="leave it out")
        if grpc_port is not None:
            raise ConfigRejected("generation has no gRPC", where="--grpc-port", hint="leave it out")
        asked = read_settings(workspace=workspace, generation_port=port, generation_replicas=replicas, http_host=host)

        def drafts_at(url: str) -> None:
            say(f"drafts and reviews on {url}; stop with Ctrl-C")

        serve_entry_point("generation")(asked, ready=drafts_at, told=say, with_worker=with_worker)
        return
    if service is ServiceName.FORECASTING:
        if profile != "laptop":
            raise ConfigRejected("forecasting is served on this machine alone", where="--profile", hint="leave it out")
        doors = {"forecast_port": port, "forecast_grpc_port": grpc_port, "http_host": host}
        asked = read_settings(workspace=workspace, forecast_replicas=replicas, **doors)

        def open_at(url: str, grpc_address: str) -> None:
            say(f"forecasting on {url} and grpc://{grpc_address}; stop with Ctrl-C")

        serve_entry_point("forecasting")(asked, ready=open_at, told=say, with_worker=with_worker)
        return
    options = {"http_port": port, "grpc_port": grpc_port, "http_host": host, "replicas": replicas}
    given = {name: value for name, value in options.items() if value is not None}
    settings = read_settings(workspace=workspace, **(profile_settings(profile) | given))

    def ready(url: str, grpc_address: str) -> None:
        say(f"serving on {url} and grpc://{grpc_address}; stop with Ctrl-C")

    serve_entry_point("bidding")(settings, ready=ready, told=say, with_worker=with_worker)


def worker(
    once: Annotated[bool, typer.Option(help="Fold what is there and stop.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fold the event stream into the lake, hourly metrics, bandit statistics and user histories."""
    from adplat.bootstrap import read_settings

    summary = serve_entry_point("worker")(read_settings(workspace=workspace), once=once, told=say)
    if as_json:
        print_json(summary)
    else:
        say(f"folded {summary['entries']:,} entries")


def db_upgrade(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> int:
    """Bring the database to the newest migration, and the audit trail's triggers back; exit code 2 if that fails."""
    from adplat.bootstrap import read_settings, upgrade_database

    state = upgrade_database(read_settings(workspace=workspace))
    if state.mended and not as_json:
        say(f"made anew what kept the audit trail from changes: {', '.join(state.mended)}; see 'adplat audit check'")
    _say_database(state, as_json, "what was changed by hand is undone by hand, or by a backup")
    return 0 if state.passes else 2


def db_check(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> int:
    """Whether the database is at the newest migration; exit code 2 when it is not."""
    from adplat.bootstrap import check_database, read_settings

    state = check_database(read_settings(workspace=workspace))
    _say_database(state, as_json, "run 'adplat db upgrade'")
    return 0 if state.passes else 2


def _say_database(state: Any, as_json: bool, hint: str) -> None:
    if as_json:
        print_json(asdict(state))
    elif state.passes:
        say(f"{state.place} is at migration {state.revision}")
    else:
        differs = "; ".join(state.drift) or f"at migration {state.revision or 'none'}, not {state.head}"
        say(f"adplat: the database is not as the code expects ({state.place}): {differs}; {hint}")


def serve_entry_point(name: str) -> Any:
    """What the entry point of this name loads; services are never imported by name."""
    found = [point for point in entry_points(group="adplat.services") if point.name == name]
    if not found:
        raise InternalFault(f"service {name!r} is not installed", hint="install adplat again: pip install -e .")
    return found[0].load()
