"""A wide, mostly sparse description of rows by their own columns: words, meaning, style, identity, numbers.

What a linear model reads where few rows must teach much: every piece of a text has a column of its own, beside the
encoder's vector and the numbers of its style. Blocks are scaled, so that one penalty means another belief about each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema, Progress, SchemaMismatch
from adplat.features.content import Refused
from adplat.features.encoders.choice import MINILM_STATES, EncoderConfig
from adplat.features.encoders.protocols import TextEncoder
from adplat.features.encoders.registry import choose_text_encoder, text_encoder_named
from adplat.features.item_vectors import text_cells
from adplat.features.layout import Layout
from adplat.features.pieces import PieceRule, PieceWeights
from adplat.features.scaling import Scaling
from adplat.features.states import states_reader, vectors_of, with_states
from adplat.features.style import style_of
from adplat.features.tabular import column_of
from adplat.features.values import canonical_column, numbers_in
from adplat.features.wide_config import WideConfig

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WideRows:
    """N rows: ``sparse`` (N, P) CSR pieces, ``dense`` (N, D) vectors and numbers; columns in the encoding's order."""

    sparse: Any
    dense: Float64

    def __len__(self) -> int:
        return len(self.dense)

    @property
    def width(self) -> int:
        """P + D."""
        return int(self.sparse.shape[1] + self.dense.shape[1])

    def times(self, coefficients: Float64) -> Float64:
        """(N,) the rows times (P + D,)."""
        cut = self.sparse.shape[1]
        told: Float64 = self.sparse @ coefficients[:cut] + self.dense @ coefficients[cut:]
        return told

    def transposed_times(self, values: Float64) -> Float64:
        """(P + D,) the transposed rows times (N,)."""
        return np.concatenate([self.sparse.T @ values, self.dense.T @ values])

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> WideRows:
        """Some of the rows."""
        return WideRows(self.sparse[index], self.dense[index])


@dataclass(frozen=True)
class WideEncoding:
    """Fitted once on training rows. ``flags`` tell in words where a stand-in encoder was used.

    ``pieces`` by ``feature/kind``; ``centres`` and ``spreads`` (2 S,) of each text's style, and (D,) of its states by
    ``feature/states``; ``scalings`` of numbers.
    """

    schema: FeatureSchema
    config: WideConfig
    encoder: str
    fingerprint: str
    states: str
    flags: tuple[str, ...]
    pieces: Mapping[str, PieceWeights]
    centres: Mapping[str, Float64]
    spreads: Mapping[str, Float64]
    scalings: Mapping[str, Scaling]

    @classmethod
    def fit(
        cls,
        schema: FeatureSchema,
        config: WideConfig,
        encoders: EncoderConfig,
        rows: pl.DataFrame,
        cache_dir: Path | None,
        progress: Progress,
    ) -> WideEncoding:
        """Learn piece weights and scalings. Raises ConfigRejected for features it cannot read, MissingInput."""
        refuse_unreadable(schema)
        layout = Layout(schema)
        reader, flag = choose_text_encoder(encoders.text) if layout.texts and encoders.text != "none" else (None, "")
        pieces: dict[str, PieceWeights] = {}
        centres, spreads = {}, {}
        for feature, texts in _texts(layout.texts, rows):
            for rule in _rules(config):
                pieces[f"{feature.name}/{rule.kind}"] = PieceWeights.fit(rule, texts)
            style = _with_presence(style_of(texts))
            centres[feature.name], spreads[feature.name] = style.mean(axis=0), np.maximum(style.std(axis=0), 1e-9)
        read, (inner, note) = with_states(schema, config), states_reader(config)
        if inner is not None:
            for feature in read:
                vectors, _ = vectors_of(inner, [feature], rows, cache_dir, progress)
                centres[f"{feature.name}/states"] = vectors.mean(axis=0)
                spreads[f"{feature.name}/states"] = np.maximum(vectors.std(axis=0), 1e-9)
        for feature in _categorical(schema):
            pieces[f"{feature.name}/whole"] = PieceWeights.fit(
                PieceRule("whole", 1, config.buckets), _values(feature, rows)
            )
        numeric = schema.of_kind(FeatureKind.NUMERIC)
        scalings = {
            one.name: Scaling.fit(numbers_in(column_of(rows, one.columns[0], "the rows"), one)) for one in numeric
        }
        return cls(
            schema,
            config,
            reader.name if reader else "",
            reader.fingerprint if reader else "",
            inner.fingerprint if inner else "",
            tuple(one for one in (flag, note) if one),
            pieces,
            centres,
            spreads,
            scalings,
        )

    def apply(self, rows: pl.DataFrame, cache_dir: Path | None, progress: Progress) -> WideRows:
        """Describe rows; outcome columns and the group are not read.

        Raises MissingInput (a column, or the encoder that was fitted with), SchemaMismatch (it has other weights now).
        """
        layout, config = Layout(self.schema), self.config
        scales = {"words": config.wording, "characters": config.wording, "whole": config.identity}
        blocks, dense = [], [np.zeros((len(rows), 0))]
        for feature, texts in _texts(layout.texts, rows):
            for rule in _rules(config):
                blocks.append(self.pieces[f"{feature.name}/{rule.kind}"].apply(texts) * scales[rule.kind])
            style = (_with_presence(style_of(texts)) - self.centres[feature.name]) / self.spreads[feature.name]
            dense.append(config.style * style)
        if self.encoder:
            reader = _same_encoder(self.encoder, self.fingerprint)
            dense.append(config.meaning * vectors_of(reader, layout.texts, rows, cache_dir, progress)[0])
        if self.states:
            dense.extend(self._states(rows, cache_dir, progress))
        for feature in _categorical(self.schema):
            blocks.append(self.pieces[f"{feature.name}/whole"].apply(_values(feature, rows)) * config.identity)
        for feature in self.schema.of_kind(FeatureKind.NUMERIC):
            numbers = numbers_in(column_of(rows, feature.columns[0], "the rows"), feature)
            dense.append(config.numbers * _scaled(self.scalings[feature.name], numbers)[:, None])
        wide = sparse.hstack(blocks, format="csr") if blocks else sparse.csr_array((len(rows), 0))
        return WideRows(wide, np.hstack(dense))

    def _states(self, rows: pl.DataFrame, cache_dir: Path | None, progress: Progress) -> list[Float64]:
        reader = _same_encoder(MINILM_STATES, self.states)
        blocks = []
        for feature in with_states(self.schema, self.config):
            vectors, present = vectors_of(reader, [feature], rows, cache_dir, progress)
            key = f"{feature.name}/states"
            told = (vectors - self.centres[key]) / self.spreads[key] * present
            blocks.append(self.config.states / np.sqrt(reader.size) * told)
        return blocks


def refuse_unreadable(schema: FeatureSchema) -> None:
    """Raises ConfigRejected for a feature that is not a text, a category or a number of the rows themselves."""
    for feature in schema.features:
        readable = feature.kind in (FeatureKind.TEXT, FeatureKind.CATEGORICAL, FeatureKind.NUMERIC)
        if not readable or feature.table or feature.separator:
            raise ConfigRejected(
                f"feature {feature.name!r} is not read by a model of contrasts",
                where=schema.name,
                hint="give texts, single categories and numbers in columns of the rows themselves",
            )


def _rules(config: WideConfig) -> tuple[PieceRule, ...]:
    return (
        PieceRule("words", config.words, config.buckets),
        PieceRule("characters", config.characters, config.buckets),
        PieceRule("whole", 1, config.buckets),
    )


def _texts(features: Sequence[Feature], rows: pl.DataFrame) -> list[tuple[Feature, list[str]]]:
    """What each text feature says in each row, "" where it says nothing readable."""
    cells = text_cells(features, rows)
    return [
        (feature, ["" if isinstance(cell, Refused) else str(cell) for cell in column])
        for feature, column in zip(features, cells, strict=True)
    ]


def _categorical(schema: FeatureSchema) -> tuple[Feature, ...]:
    return schema.of_kind(FeatureKind.CATEGORICAL)


def _values(feature: Feature, rows: pl.DataFrame) -> list[str]:
    return canonical_column(column_of(rows, feature.columns[0], "the rows")).fill_null("").to_list()


def _with_presence(style: Float64) -> Float64:
    """The numbers and whether each is there at all: one question mark says more than the second."""
    return np.hstack([style, (style > 0).astype(np.float64)])


def _scaled(scaling: Scaling, numbers: Float64) -> Float64:
    """``Scaling.apply`` in full precision: a second among years is lost in 32 bits."""
    told = (np.clip(numbers, scaling.low, scaling.high) - scaling.mean) / scaling.deviation
    return np.nan_to_num(told, nan=0.0)


def _same_encoder(name: str, fingerprint: str) -> TextEncoder:
    encoder = text_encoder_named(name)
    if encoder.fingerprint != fingerprint:
        raise SchemaMismatch(
            f"encoder {name!r} is not the one this model was trained with",
            where=f"{encoder.fingerprint} instead of {fingerprint}",
            hint="install the version it was trained with, or train again",
        )
    return encoder
