from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="BinOut")


@_attrs_define
class BinOut:
    """One bin of a reliability curve.

    Attributes:
        high (float):
        low (float):
        observed (float):
        positives (int):
        predicted (float):
        rows (int):
    """

    high: float
    low: float
    observed: float
    positives: int
    predicted: float
    rows: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        high = self.high

        low = self.low

        observed = self.observed

        positives = self.positives

        predicted = self.predicted

        rows = self.rows

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "high": high,
                "low": low,
                "observed": observed,
                "positives": positives,
                "predicted": predicted,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        high = d.pop("high")

        low = d.pop("low")

        observed = d.pop("observed")

        positives = d.pop("positives")

        predicted = d.pop("predicted")

        rows = d.pop("rows")

        bin_out = cls(
            high=high,
            low=low,
            observed=observed,
            positives=positives,
            predicted=predicted,
            rows=rows,
        )

        bin_out.additional_properties = d
        return bin_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
