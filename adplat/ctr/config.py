"""What a training run is told: the frozen form of ``configs/ctr/*.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from adplat.ctr.contrast_config import ContrastConfig
from adplat.ctr.delay_config import DelayConfig
from adplat.data import DataConfig, read_config
from adplat.domain import ConfigRejected
from adplat.features import EncoderConfig

BASELINES = ("id_only", "lightgbm")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes of the network and what is dropped while it trains.

    ``kind`` is ``network``, or ``lightgbm``: trees (``trees`` in the config) over the same inputs, of which only
    ``record``, ``familiarity`` and ``content_prior`` below are read; or ``contrast``: differences inside the groups of
    the schema (``contrast`` in the config), of which nothing below is read.
    ``embedding`` width of one identifier, ``tower`` width of a reduced image or text vector
    (0: content speaks through the prior and the histories alone),
    ``interest`` width of a history item. ``id_dropout`` replaces item identifiers, their record and
    nothing else by "unknown", so that a new creative is judged by its content; ``modality_dropout``
    does the same to images and texts, ``user_dropout`` to user identifiers and
    ``history_dropout`` to whole histories. ``members`` networks are averaged into one.
    ``user_layers`` and ``item_layers`` are dense layers of one side alone: computed once per request and once per
    catalogue, so width there costs nothing per candidate. ``dots`` products of ``dot_width`` numbers let the sides
    meet; ``cross_layers`` and ``hidden`` are paid for every candidate. ``gate`` weighs an item's identifier against
    its content (needs ``tower``); ``experts`` MLPs are mixed for each head (0: one, shared).
    ``familiarity`` tells what this user did with this very item before (needs the user among the features).
    ``record: joint`` fits levels of items and users and their tastes together (``joint_record``); it has its own prior.
    ``content_prior`` lets an item's record start from what its picture and words say, learned across items;
    ``similarity`` shows the network how alike the item and the user's past are.
    """

    kind: Literal["network", "lightgbm", "contrast"] = "network"
    embedding: int = 16
    tower: int = 8
    interest: int = 16
    cross_layers: int = 2
    hidden: tuple[int, ...] = (128, 64)
    user_layers: tuple[int, ...] = ()
    item_layers: tuple[int, ...] = ()
    dots: int = 0
    dot_width: int = 16
    experts: int = 0
    gate: bool = False
    dropout: float = 0.2
    embedding_dropout: float = 0.0
    id_dropout: float = 0.0
    modality_dropout: float = 0.1
    user_dropout: float = 0.0
    history_dropout: float = 0.0
    batch_norm: bool = False
    members: int = 1
    record: Literal["none", "ordered", "folds", "joint"] = "none"
    record_shrinkage: float = 10.0
    familiarity: Literal["none", "ordered", "others"] = "none"
    content_prior: bool = False
    similarity: bool = True

    def __post_init__(self) -> None:
        for name in (
            "dropout",
            "embedding_dropout",
            "id_dropout",
            "modality_dropout",
            "user_dropout",
            "history_dropout",
        ):
            _within(name, getattr(self, name), 0.0, 0.95)
        _within("tower", self.tower, 0, 4096)
        for name in ("embedding", "interest", "members"):
            _within(name, getattr(self, name), 1, 4096)
        _within("cross_layers", self.cross_layers, 0, 8)
        _within("record_shrinkage", self.record_shrinkage, 0.01, 1e6)
        _within("dots", self.dots, 0, 1024)
        _within("dot_width", self.dot_width, 1, 1024)
        _within("experts", self.experts, 0, 64)
        for name in ("user_layers", "item_layers"):
            for size in getattr(self, name):
                _within(name, size, 1, 65536)
        if not self.hidden or min(self.hidden) < 1:
            raise ConfigRejected(
                "model.hidden has no layer", where="hidden", hint="give one or more sizes, e.g. [128, 64]"
            )


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How the network is fitted.

    ``monitor`` is read on the later split after every epoch (``entire_space`` is the loss itself: clicks and, as far
    as they can be known, conversions); training stops after ``patience``
    epochs without a gain, each of which multiplies the rate by ``decay``. With ``refit`` the network is
    then trained anew on all rows for the best number of epochs. ``negatives`` is the share of rows without a
    click that an epoch sees, drawn anew each time and weighted up to stand for all. ``tables`` says how
    embedding tables are updated: ``whole`` in every step, ``rows`` only where a batch touches them, ``auto`` rows
    for large tables. ``bf16`` multiplies matrices in half precision; weights and their states stay in single.
    """

    epochs: int = 20
    batch: int = 1024
    rate: float = 1e-3
    decay: float = 1.0
    weight_decay: float = 0.0
    embedding_penalty: float = 0.0
    patience: int = 3
    monitor: Literal["logloss", "auc", "entire_space"] = "logloss"
    refit: bool = False
    negatives: float = 1.0
    threads: int = 1
    tables: Literal["auto", "whole", "rows"] = "auto"
    bf16: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "patience", "threads"):
            _within(name, getattr(self, name), 1, 10_000_000)
        _within("rate", self.rate, 1e-8, 10.0)
        _within("decay", self.decay, 0.01, 1.0)
        _within("negatives", self.negatives, 0.001, 1.0)
        _within("weight_decay", self.weight_decay, 0.0, 100.0)
        _within("embedding_penalty", self.embedding_penalty, 0.0, 100.0)


@dataclass(frozen=True, slots=True)
class TreesConfig:
    """Gradient-boosted trees, as the model or as a baseline.

    At most ``rounds`` trees, stopped ``patience`` rounds after the best on the later split; ``leaf_rows`` rows at
    least a leaf, ``feature_share`` of the columns a tree, ``category_smoothing`` rows of prior a category.
    """

    rounds: int = 600
    patience: int = 40
    rate: float = 0.05
    leaves: int = 31
    leaf_rows: int = 40
    feature_share: float = 0.7
    category_smoothing: float = 20.0

    def __post_init__(self) -> None:
        for name in ("rounds", "patience", "leaf_rows"):
            _within(name, getattr(self, name), 1, 1_000_000)
        _within("leaves", self.leaves, 2, 65536)
        _within("rate", self.rate, 1e-6, 1.0)
        _within("feature_share", self.feature_share, 0.01, 1.0)
        _within("category_smoothing", self.category_smoothing, 0.0, 1e6)


@dataclass(frozen=True, slots=True)
class CalibrationConfig:
    """``pieces`` at most of the monotone map; one more piece needs ``positives_per_piece`` more positives.

    ``fields`` are categorical features whose values get an offset each, shrunk towards none by how little is known.
    """

    pieces: int = 8
    positives_per_piece: int = 200
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _within("pieces", self.pieces, 1, 64)
        _within("positives_per_piece", self.positives_per_piece, 1, 10_000_000)


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """``tables`` of identifiers in the served graphs: as trained, or in eight bits (a quarter of the memory)."""

    tables: Literal["float32", "int8"] = "float32"


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One training run. ``schema`` is a path relative to the YAML file."""

    schema: str
    data: DataConfig = field(default_factory=DataConfig)
    encoders: EncoderConfig = field(default_factory=EncoderConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: FitConfig = field(default_factory=FitConfig)
    trees: TreesConfig = field(default_factory=TreesConfig)
    contrast: ContrastConfig = field(default_factory=ContrastConfig)
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)
    export: ExportConfig = field(default_factory=ExportConfig)
    delayed: DelayConfig = field(default_factory=DelayConfig)
    baselines: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    seed: int = 7

    def __post_init__(self) -> None:
        if self.model.kind == "lightgbm" and self.export.tables != "float32":
            raise ConfigRejected(
                "trees have no tables of identifiers", where="export: tables", hint="leave it out, or set kind: network"
            )
        for name in self.baselines:
            if name not in BASELINES:
                raise ConfigRejected(
                    f"baseline {name!r} is unknown", where="baselines", hint=f"use {' or '.join(BASELINES)}"
                )


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line may change of a config; ``None`` leaves it as written."""

    epochs: int | None = None
    sample: int | None = None
    seed: int | None = None
    threads: int | None = None

    def applied_to(self, config: TrainConfig) -> TrainConfig:
        """The config with these changes. Raises ConfigRejected for a value out of range."""
        training, trees = config.training, config.trees
        if self.epochs is not None:
            training, trees = replace(training, epochs=self.epochs), replace(trees, rounds=self.epochs)
        if self.threads is not None:
            training = replace(training, threads=self.threads)
        data = config.data if self.sample is None else replace(config.data, sample=self.sample)
        seed = config.seed if self.seed is None else self.seed
        return replace(config, training=training, trees=trees, data=data, seed=seed)


def read_train_config(path: Path) -> tuple[TrainConfig, Path]:
    """The config and the path of the schema it names. Raises MissingInput or ConfigRejected."""
    config = read_config(path, TrainConfig)
    return config, (path.parent / config.schema).resolve()


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigRejected(f"{name} is {value}", where=name, hint=f"give a value between {low:g} and {high:g}")
