from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.bid_strategy_kind import BidStrategyKind


T = TypeVar("T", bound="BidStrategyOut")


@_attrs_define
class BidStrategyOut:
    """
    Attributes:
        kind (BidStrategyKind): What the advertiser steers by.
        target_micros (int):
        target_ratio (float):
    """

    kind: BidStrategyKind
    target_micros: int
    target_ratio: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        target_micros = self.target_micros

        target_ratio = self.target_ratio

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "target_micros": target_micros,
                "target_ratio": target_ratio,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = BidStrategyKind(d.pop("kind"))

        target_micros = d.pop("target_micros")

        target_ratio = d.pop("target_ratio")

        bid_strategy_out = cls(
            kind=kind,
            target_micros=target_micros,
            target_ratio=target_ratio,
        )

        bid_strategy_out.additional_properties = d
        return bid_strategy_out

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
