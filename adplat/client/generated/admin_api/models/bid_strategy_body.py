from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.bid_strategy_kind import BidStrategyKind
from ..types import UNSET, Unset


T = TypeVar("T", bound="BidStrategyBody")


@_attrs_define
class BidStrategyBody:
    """``target_micros`` per click, action or thousand impressions; ``target_ratio`` for target_roas alone.

    Attributes:
        kind (BidStrategyKind): What the advertiser steers by.
        target_micros (int | Unset):  Default: 0.
        target_ratio (float | Unset):  Default: 0.0.
    """

    kind: BidStrategyKind
    target_micros: int | Unset = 0
    target_ratio: float | Unset = 0.0

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        target_micros = self.target_micros

        target_ratio = self.target_ratio

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
            }
        )
        if target_micros is not UNSET:
            field_dict["target_micros"] = target_micros
        if target_ratio is not UNSET:
            field_dict["target_ratio"] = target_ratio

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = BidStrategyKind(d.pop("kind"))

        target_micros = d.pop("target_micros", UNSET)

        target_ratio = d.pop("target_ratio", UNSET)

        bid_strategy_body = cls(
            kind=kind,
            target_micros=target_micros,
            target_ratio=target_ratio,
        )

        return bid_strategy_body
