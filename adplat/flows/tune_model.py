"""Search the settings of a config: Optuna proposes, rows of the training part that are later in time judge.

The held-out part of the config is not looked at, so that its figures stay honest after the search. The study is an
SQLite file beside the result: a killed search goes on where it stood, and ``trials`` counts all its trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import yaml

from adplat.ctr import TrainConfig, TrialRows, read_train_config, run_trial
from adplat.data import as_config, load_training_tables, read_feature_schema, read_yaml, write_bytes
from adplat.data.splits import split_at_random, split_by_time
from adplat.domain import ConfigRejected, FeatureSchema, Progress

_LEAST_INNER = 0.05


@dataclass(frozen=True)
class Tuned:
    """The search so far: ``trials`` are number, state, loss and the settings tried."""

    out: Path
    study: Path
    monitor: str
    best_loss: float
    best_settings: dict[str, Any]
    trials: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The one document of ``adplat tune --json``."""
        return {
            "out": str(self.out),
            "study": str(self.study),
            "monitor": self.monitor,
            "best_loss": self.best_loss,
            "best_settings": self.best_settings,
            "trials": list(self.trials),
        }


def tune_model(
    config_path: Path,
    data_dir: Path,
    out: Path,
    *,
    trials: int,
    cache_dir: Path,
    progress: Progress,
    space_path: Path | None = None,
    sample: int | None = None,
) -> Tuned:
    """Try up to ``trials`` settings of the space and write the best as the config ``out``.

    The space stands in ``space_path``, by default in ``spaces/`` beside the config under the same name. Raises
    InputError.
    """
    import optuna

    config, schema_path = read_train_config(config_path)
    content = read_yaml(config_path)
    space = read_space(space_path or config_path.parent / "spaces" / config_path.name)
    _changed(content, {name: _first(choice) for name, choice in space.items()}, config_path)
    schema = read_feature_schema(schema_path)
    tables = load_training_tables(schema, config.data, data_dir)
    earlier, later = _inner_split(schema, tables.rows, config)
    if sample:
        earlier = earlier.tail(sample)
    rows = TrialRows(schema, earlier, later, tables.tables, tables.root, cache_dir)
    out.parent.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study_path = out.with_suffix(".study.db")
    study = optuna.create_study(
        study_name=config_path.stem,
        storage=f"sqlite:///{study_path.resolve()}",
        sampler=optuna.samplers.TPESampler(seed=config.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1),
        load_if_exists=True,
    )

    def attempt(trial: Any) -> float:
        settings = {name: _proposed(trial, name, choice) for name, choice in space.items()}
        tried = _changed(content, settings, config_path)

        def watch(epoch: int, loss: float) -> None:
            trial.report(loss, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        figures = run_trial(tried, rows, progress, watch)
        trial.set_user_attr("auc", figures.auc)
        trial.set_user_attr("logloss", figures.logloss)
        return figures.loss(config.training.monitor)

    finished = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    done = len(study.get_trials(deepcopy=False, states=finished))
    while done < trials:
        study.optimize(attempt, n_trials=1)
        done = len(study.get_trials(deepcopy=False, states=finished))
        progress(done, trials, f"tuning: best {study.best_value:.5f}")
    _write(out, content, study.best_params, schema_path, study.best_value)
    told = tuple(
        {
            "number": trial.number,
            "state": trial.state.name.lower(),
            "loss": trial.value,
            "auc": trial.user_attrs.get("auc"),
            **trial.params,
        }
        for trial in study.get_trials(deepcopy=False)
    )
    best = study.best_value, dict(study.best_params)
    return Tuned(out, study_path, config.training.monitor, *best, told)


def read_space(path: Path) -> dict[str, dict[str, Any]]:
    """``section.setting`` by ``{choices: [...]}`` or ``{low, high, log}``. Raises MissingInput or ConfigRejected."""
    space = read_yaml(path)
    for name, choice in space.items():
        fine = isinstance(choice, dict) and (
            (set(choice) == {"choices"} and isinstance(choice["choices"], list) and choice["choices"])
            or ({"low", "high"} <= set(choice) <= {"low", "high", "log"} and choice["low"] < choice["high"])
        )
        if not fine:
            raise ConfigRejected(
                f"{name!r} is no range", where=str(path), hint="give {choices: [...]} or {low: …, high: …, log: true}"
            )
    if not space:
        raise ConfigRejected("the space is empty", where=str(path), hint="name a setting, such as training.rate")
    return space


def _proposed(trial: Any, name: str, choice: dict[str, Any]) -> Any:
    if "choices" in choice:
        return trial.suggest_categorical(name, choice["choices"])
    low, high, log = choice["low"], choice["high"], bool(choice.get("log", False))
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(name, low, high, log=log)
    return trial.suggest_float(name, low, high, log=log)


def _first(choice: dict[str, Any]) -> Any:
    return choice["choices"][0] if "choices" in choice else choice["low"]


def _changed(content: dict[str, Any], settings: dict[str, Any], where: Path) -> TrainConfig:
    return as_config(_with(content, settings), TrainConfig, where=str(where))


def _with(content: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = msgspec.convert(msgspec.to_builtins(content), dict[str, Any])
    for name, value in settings.items():
        section, _, setting = name.rpartition(".")
        target = changed.setdefault(section, {}) if section else changed
        target[setting] = value
    return changed


def _inner_split(schema: FeatureSchema, rows: pl.DataFrame, config: TrainConfig) -> tuple[pl.DataFrame, pl.DataFrame]:
    share = max(config.data.valid_fraction, _LEAST_INNER)
    if schema.time:
        return split_by_time(rows, schema.time, share)
    return split_at_random(rows, share, np.random.default_rng([config.data.seed, 1]))


def _write(out: Path, content: dict[str, Any], settings: dict[str, Any], schema_path: Path, loss: float) -> None:
    best = _with(content, settings) | {"schema": str(schema_path)}
    text = f"# Found by 'adplat tune': loss {loss:.6f} on later rows of the training part.\n"
    write_bytes(out, (text + yaml.safe_dump(best, sort_keys=False, allow_unicode=True)).encode())
