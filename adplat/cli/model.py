"""``adplat train``, ``adplat evaluate`` and ``adplat score``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say, without_vector
from adplat.domain import MissingInput

SHOWN = ("auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc", "rows")
_KIND_NAMES = {"network": "multimodal", "lightgbm": "trees"}
CacheOption = Annotated[
    Path | None, typer.Option("--cache", help="Encoder vectors by content; default: in the workspace.")
]

BundleOrConfig = Annotated[
    Path,
    typer.Argument(metavar="BUNDLE|CONFIG", help="Bundle folder, or the training YAML whose last bundle is meant."),
]

WorkersOption = Annotated[
    int,
    typer.Option(min=0, help="So many workers on Ray, here or on the cluster of RAY_ADDRESS; 0: this process alone."),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(train)
    app.command()(evaluate)
    app.command()(score)
    app.command()(recalibrate)


def train(
    config: Annotated[Path, typer.Argument(help="Training YAML, such as configs/ctr/frappe.yaml.")],
    data: Annotated[Path, typer.Option("--data", help="Table folder or world folder.")],
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the bundle.")],
    epochs: Annotated[int | None, typer.Option(help="At most this many epochs.")] = None,
    sample: Annotated[int | None, typer.Option(help="Only this many training rows; 0 keeps all.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed than the config's.")] = None,
    register: Annotated[
        bool, typer.Option("--register", help="Also write the bundle into the workspace's model registry.")
    ] = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Folder for checkpoints: the same command goes on after a kill.")
    ] = None,
    workers: WorkersOption = 0,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the model of a config, with its baselines beside it."""
    from adplat.bootstrap import clock, opened_registry, read_settings, training_crew
    from adplat.flows.register_bundle import register_bundle
    from adplat.flows.train_model import train_model
    from adplat.flows.trained_bundle import remember_trained

    settings = read_settings()
    with progress_bar() as progress, training_crew(settings, workers) as network_fit:
        outcome = train_model(
            config,
            data,
            out,
            cache_dir=cache or settings.cache_folder,
            clock=clock(),
            seed=seed,
            epochs=epochs,
            sample=sample,
            checkpoints=checkpoint,
            network_fit=network_fit,
            progress=progress,
        )
    try:
        remember_trained(settings.workspace, config, outcome.bundle)
    except MissingInput as reason:  # the bundle is what was asked for; it can be named by its folder
        say(f"not noted as the last one of {config.name}: {reason.what}")
    if register:
        with opened_registry(settings) as parts:
            register_bundle(parts.bundles, outcome.bundle, parts.clock, by=parts.by)
    if as_json:
        print_json(outcome.as_json())
        return
    if outcome.bundle.config["model"]["kind"] == "contrast":
        print_pairs(outcome.metrics)
        say(f"bundle: {outcome.bundle.path}")
        return
    print_metrics(
        "On the held-out rows (later in time where there is a time)",
        {_KIND_NAMES.get(outcome.bundle.config["model"]["kind"], "model"): outcome.metrics, **outcome.baselines},
    )
    if outcome.unreadable:
        say(without_vector(len(outcome.unreadable), asdict(outcome.unreadable[0])))
    say(f"bundle: {outcome.bundle.path}")


def evaluate(
    bundle: BundleOrConfig,
    data: Annotated[Path, typer.Option("--data", help="Table folder, world folder or one Parquet file.")],
    tables: Annotated[Path | None, typer.Option(help="Where side tables and images lie.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Folder for reliability and lift plots (PNG).")] = None,
    report: Annotated[Path | None, typer.Option(help="One self-contained HTML page to write.")] = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """AUC, GAUC, logloss, entropy, ECE and PCOC of a bundle on labelled rows, overall and by slice, with intervals."""
    from adplat.bootstrap import clock, read_settings
    from adplat.flows.draw_evaluation import write_page, write_plots
    from adplat.flows.evaluate_bundle import evaluate_bundle
    from adplat.flows.trained_bundle import trained_bundle

    settings = read_settings()
    bundle = trained_bundle(bundle, settings.workspace)
    with progress_bar() as progress:
        metrics = evaluate_bundle(
            bundle,
            data,
            tables_dir=tables,
            cache_dir=cache or settings.cache_folder,
            progress=progress,
        )
    if plots:
        for path in write_plots(metrics, plots):
            say(f"plot: {path}")
    if report:
        write_page(metrics, f"Evaluation of {bundle.name}", report, clock())
        say(f"report: {report}")
    if as_json:
        print_json(metrics)
        return
    print_evaluation(str(data), metrics)


def score(
    bundle: BundleOrConfig,
    data: Annotated[Path, typer.Option("--data", help="Rows to score (.parquet or .csv).")],
    out: Annotated[Path, typer.Option("--out", help="Parquet file to write: p_ctr, p_cvr in row order.")],
    tables: Annotated[
        Path | None, typer.Option(help="Where side tables and images lie; default: beside the rows.")
    ] = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write p_ctr and p_cvr for every row; outcome columns may be absent and never matter."""
    from adplat.bootstrap import read_settings
    from adplat.flows.score_file import score_file
    from adplat.flows.trained_bundle import trained_bundle

    settings = read_settings()
    with progress_bar() as progress:
        summary = score_file(
            trained_bundle(bundle, settings.workspace),
            data,
            out,
            tables_dir=tables,
            cache_dir=cache or settings.cache_folder,
            progress=progress,
        )
    if as_json:
        print_json(summary)
    else:
        say(f"scored {summary['rows']:,} rows into {out} with bundle {summary['bundle_id'][:20]}")


def recalibrate(
    bundle: Annotated[Path, typer.Argument(help="Bundle folder.")],
    data: Annotated[Path, typer.Option("--data", help="World or table folder, or one file, with later rows.")],
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the new bundle.")],
    tables: Annotated[Path | None, typer.Option(help="Where a file's side tables and images lie.")] = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new bundle with the same network, its click level and field offsets brought up to date by fresh rows."""
    from adplat.bootstrap import clock, read_settings
    from adplat.flows.recalibrate_bundle import recalibrate_bundle

    with progress_bar() as progress:
        made = recalibrate_bundle(
            bundle,
            data,
            out,
            tables_dir=tables,
            cache_dir=cache or read_settings().cache_folder,
            clock=clock(),
            progress=progress,
        )
    if as_json:
        print_json(made.as_json())
        return
    say(f"{made.rows:,} fresh rows with {made.clicks:,} clicks: level {made.level_shift:+.3f} on the click logit")
    if made.conversion_shift is not None:
        say(f"level {made.conversion_shift:+.3f} on the conversion logit")
    for field, move in made.field_moves.items():
        say(f"  {field}: its values move by up to {move:.3f}")
    say(f"bundle: {made.bundle.path}")


def print_evaluation(data: str, found: dict[str, Any]) -> None:
    """Three narrow tables: 80 columns are enough."""
    overall, ends = found["overall"], found["intervals"]
    print_table(
        f"{data}: {overall['rows']:,} {found['judged']} rows, {overall['positives']:,} clicks",
        ("", "value", "95 % interval"),
        [
            (name, overall[name], "{:.4f} to {:.4f}".format(*ends[name]) if name in ends else "–")
            for name in SHOWN
            if name != "rows" and overall.get(name) is not None
        ],
    )
    if "conversion" in found:
        told = found["conversion"]
        print_table(
            f"Conversions of {told['rows']:,} clicks",
            ("", "value"),
            [(name, told[name]) for name in SHOWN if name != "rows" and told.get(name) is not None],
        )
    rows = [
        (name, told["rows"], told["positives"], told["auc"], told["pcoc"], _limits(told))
        for name, told in found["slices"].items()
        if told["rows"]
    ]
    print_table("By slice", ("", "rows", "clicks", "AUC", "PCOC", "95 % of PCOC"), rows)


def _limits(told: dict[str, Any]) -> str:
    low, high = told.get("pcoc_low"), told.get("pcoc_high")
    return "–" if low is None else f"{low:.2f} to " + ("∞" if high is None else f"{high:.2f}")


def print_pairs(metrics: dict[str, Any]) -> None:
    """How often two creatives of one held-out group were put in order."""
    rows = []
    for key, what in (("pairs", "all"), ("clear_pairs", "|z| > 1.96")):
        right = f"{key}_right"
        if right in metrics:
            ends = f"{metrics[f'{right}_low']:.4f} to {metrics[f'{right}_high']:.4f}"
            rows.append((what, metrics[right], ends, metrics[key]))
    print_table("On the groups held out", ("pairs", "in order", "95 % interval", "number"), rows)


def print_metrics(title: str, rows: dict[str, dict[str, Any]]) -> None:
    """One line a model or slice."""
    print_table(
        title,
        ("", *SHOWN),
        [(name, *(metrics.get(column) for column in SHOWN)) for name, metrics in rows.items()],
    )
