"""``adplat bandit …``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say
from adplat.cli.service import WorkspaceOption

if TYPE_CHECKING:
    from adplat.bandit import Knowledge
    from adplat.bandit.off_policy import Evaluation
    from adplat.domain import Interval
    from adplat.snapshots import CatalogueSnapshot


_MOST_PAIRS = 10
_SHOWN = (
    "creative_id",
    "ad_id",
    "impressions",
    "clicks",
    "expected_clicks",
    "factor",
    "factor_low",
    "factor_high",
    "best",
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="Which creative next: what is believed of each, and policies judged before they run.", no_args_is_help=True
    )
    commands.command()(evaluate)
    commands.command()(simulate)
    commands.command()(show)
    commands.command()(elements)
    commands.command()(policies)
    app.add_typer(commands, name="bandit")


def evaluate(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A workspace, a world, or an Open Bandit folder.")],
    policy: Annotated[str, typer.Option(help="A policy by name, replayed on the log: uniform, …")] = "",
    policy_table: Annotated[
        Path | None, typer.Option(help="Columns row, probability: what a policy gives to each logged action.")
    ] = None,
    interval: Annotated[str, typer.Option(help="What stands at ci in JSON: bootstrap or bernstein.")] = "bootstrap",
    seed: Annotated[int, typer.Option(min=0, help="Of folds and resampling.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say what a policy would have earned on a log, or refuse to. A refusal is a result: exit code 0."""
    from adplat.flows.evaluate_policy import evaluate_policy, evaluation_document, require_interval

    require_interval(interval)  # before a long log is read
    with progress_bar() as progress:
        found = evaluate_policy(log, policy_name=policy, table=policy_table, seed=seed, progress=progress)
    name = policy or str(policy_table)
    document = evaluation_document(name, found, interval)
    if not found.is_direct:
        say("adplat: what the policy does beside the logged actions is unknown: dm averages the model over these alone")
    if as_json:
        print_json(document)
        return
    _print(name, found)


def simulate(
    world: Annotated[Path, typer.Argument(metavar="WORLD", help="A folder that adplat simulate made.")],
    policy: Annotated[list[str], typer.Option(help="A policy by name; several to compare: --policy A --policy B.")],
    requests: Annotated[int, typer.Option(help="Requests from where the world's log ends.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Of people, choices and clicks.")] = 1,
    bundle: Annotated[
        Path | None, typer.Option(help="Predict clicks with this bundle; without it all creatives alike.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Also draw cumulative regret: a name in .svg, .png or .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a policy in a simulated world and count what it lost to the known truth."""
    from adplat.bootstrap import clock, read_settings
    from adplat.flows.draw_simulation import draw_simulation, require_picture
    from adplat.flows.simulate_policy import simulate_policies

    if picture is not None:
        require_picture(picture)  # before a long play
    with progress_bar() as progress:
        found = simulate_policies(
            world,
            policy,
            requests=requests,
            seed=seed,
            bundle=bundle,
            cache_dir=read_settings().cache_folder,
            progress=progress,
        )
    documents = [one.document() for one in found]
    if picture is not None:
        draw_simulation(found, picture, clock())
        say(f"wrote {picture}")
    if as_json:
        print_json(documents[0] if len(documents) == 1 else {"policies": documents})
        return
    print_table(
        f"{requests:,} requests in world {documents[0]['world']}, predictions: {documents[0]['bundle']}",
        ("policy", "clicks", "regret", "of uniform", "true click rate", "of uniform", "of the best"),
        [
            tuple(
                one[key]
                for key in ("policy", "clicks", "regret", "regret_of_uniform", "ctr", "uniform_ctr", "best_ctr")
            )
            for one in documents
        ],
    )


def show(
    campaign: Annotated[str, typer.Option(help="Only creatives of this campaign.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is learned of the model, and of every live creative: its factor, and the chance that it is its ad's best."""
    from adplat.flows.show_bandit import bandit_document

    told = bandit_document(*what_replicas_know(workspace), campaign)
    if as_json:
        print_json(told)
        return
    prior = told["prior"]
    print_table(
        f"{told['policy']['name']} for {told['policy']['objective']}, {told['creatives_shown']:,} creatives were shown",
        ("of the model's word", "value"),
        [
            ("differences between creatives that are true", prior["exponent"]),
            ("differences between moments that are true", prior["within_exponent"]),
            ("clicks that it is worth", prior["strength"]),
            ("clicks of a typical creative over expected", prior["level"]),
            ("conversions that it is worth", prior["conversion_strength"]),
            ("conversions of a typical creative over expected", prior["conversion_level"]),
        ],
    )
    print_table(
        "creatives, the surest first",
        ("creative", "ad", "shown", "clicks", "expected", "factor", "90 % from", "to", "best of its ad"),
        [[one[name] for name in _SHOWN] for one in told["creatives"]],
        spare=("expected", "ad"),
    )


def elements(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """What the elements of live creatives are worth: backgrounds, headlines, calls to action, and pairs of them."""
    from adplat.flows.show_elements import elements_document

    told = elements_document(*what_replicas_know(workspace))
    if as_json:
        print_json(told)
        return
    if not told["elements"]:
        say("no element is shared by two live creatives: what one alone has cannot be told from that creative")
        return
    columns = ("factor", "factor_low", "factor_high")
    evidence = ("creatives", "clicks", "expected_clicks")
    heads = ("factor", "90 % from", "to", "creatives", "clicks", "expected")
    print_table(
        f"elements of {told['creatives']:,} live creatives, beside the mean of their kind",
        ("kind", "value", *heads),
        [
            (one["kind"], one["value"], *(one[name] for name in columns), *(one["evidence"][name] for name in evidence))
            for one in told["elements"]
        ],
    )
    print_table(
        f"pairs beyond their elements, the {_MOST_PAIRS} surest",
        ("elements", *heads),
        [
            (
                " × ".join(f"{kind} {value}" for kind, value in one["elements"].items()),
                *(one[name] for name in columns),
                *(one["evidence"][name] for name in evidence),
            )
            for one in told["pairs"][:_MOST_PAIRS]
        ],
    )


def what_replicas_know(workspace: Path | None) -> tuple[CatalogueSnapshot, Knowledge]:
    """The published snapshot and the statistics in Redis."""
    from adplat.bootstrap import clock, existing_workspace, open_online, running_redis
    from adplat.flows.show_bandit import read_statistics
    from adplat.snapshots import DeploymentPointer, load_snapshot

    settings = existing_workspace(workspace)
    pointer = DeploymentPointer(settings.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    with running_redis(settings) as url:
        return snapshot, read_statistics(open_online(settings, url), clock().now())


def policies(as_json: JsonOption = False) -> None:
    """List the policies by name, with what they read and their settings."""
    from adplat.bandit import described_policies

    found = described_policies()
    if as_json:
        print_json({"policies": found})
        return
    rows = [
        (
            one["name"],
            one["summary"],
            ", ".join(one["reads"]) or "nothing",
            ", ".join(f"{name} {'–' if value is None else value}" for name, value in one["settings"].items()) or "none",
        )
        for one in found
    ]
    print_table("policies by name", ("name", "what it does", "reads", "settings"), rows)


def _print(name: str, found: Evaluation) -> None:
    print_table(
        f"{name} on {found.rows:,} rows that earned {found.logged_value:.4g} each",
        ("estimator", "value", "95 % bootstrap", "95 % Bernstein"),
        [(key, _short(one.value), _ends(one.bootstrap), _ends(one.bernstein)) for key, one in found.estimates.items()],
    )
    weights, coverage = found.weights, found.coverage
    rows = [
        ("effective sample size", f"{weights.ess:,.2f}"),
        ("largest weight", f"{weights.largest:,.4g}"),
        ("its share of all weight", f"{100 * weights.largest_share:.2f} %"),
        ("mean weight (1 expected)", f"{weights.mean:.4f}"),
        ("policy on actions never taken", _share(coverage.never_taken)),
        ("policy on actions never possible", _share(coverage.impossible)),
    ]
    print_table("what the log can tell", ("measure", "value"), rows)
    if found.reasons:
        typer.echo("refused: " + "; ".join(found.reasons) + ".")
    else:
        best = found.estimates["dr"]
        typer.echo(
            f"ok: {name} would have earned {_short(best.value)} a row (dr, 95 % {_ends(best.bootstrap)}) "
            f"where the log earned {found.logged_value:.4g}."
        )


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.5g}"


def _ends(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval.low:.4g} to {interval.high:.4g}"


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.2f} %"
