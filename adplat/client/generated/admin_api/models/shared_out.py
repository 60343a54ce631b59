from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="SharedOut")


@_attrs_define
class SharedOut:
    """``weight``: the creative's part of all probability of coming first that its campaign had in this stretch.

    Attributes:
        at (str):
        chosen (int):
        creative_id (str):
        offered (int):
        smallest_propensity (float):
        weight (float):
    """

    at: str
    chosen: int
    creative_id: str
    offered: int
    smallest_propensity: float
    weight: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        chosen = self.chosen

        creative_id = self.creative_id

        offered = self.offered

        smallest_propensity = self.smallest_propensity

        weight = self.weight

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "chosen": chosen,
                "creative_id": creative_id,
                "offered": offered,
                "smallest_propensity": smallest_propensity,
                "weight": weight,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = d.pop("at")

        chosen = d.pop("chosen")

        creative_id = d.pop("creative_id")

        offered = d.pop("offered")

        smallest_propensity = d.pop("smallest_propensity")

        weight = d.pop("weight")

        shared_out = cls(
            at=at,
            chosen=chosen,
            creative_id=creative_id,
            offered=offered,
            smallest_propensity=smallest_propensity,
            weight=weight,
        )

        shared_out.additional_properties = d
        return shared_out

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
