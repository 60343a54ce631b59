from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="CreativeWeightOut")


@_attrs_define
class CreativeWeightOut:
    """``effective_showings``: what its showings are worth at an even share; ``refused``: too little to judge by.

    Attributes:
        chosen (int):
        creative_id (str):
        effective_showings (float):
        largest_weight_share (float):
        offered (int):
        refused (bool):
        smallest_propensity (float):
        weight (float):
    """

    chosen: int
    creative_id: str
    effective_showings: float
    largest_weight_share: float
    offered: int
    refused: bool
    smallest_propensity: float
    weight: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        chosen = self.chosen

        creative_id = self.creative_id

        effective_showings = self.effective_showings

        largest_weight_share = self.largest_weight_share

        offered = self.offered

        refused = self.refused

        smallest_propensity = self.smallest_propensity

        weight = self.weight

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "chosen": chosen,
                "creative_id": creative_id,
                "effective_showings": effective_showings,
                "largest_weight_share": largest_weight_share,
                "offered": offered,
                "refused": refused,
                "smallest_propensity": smallest_propensity,
                "weight": weight,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        chosen = d.pop("chosen")

        creative_id = d.pop("creative_id")

        effective_showings = d.pop("effective_showings")

        largest_weight_share = d.pop("largest_weight_share")

        offered = d.pop("offered")

        refused = d.pop("refused")

        smallest_propensity = d.pop("smallest_propensity")

        weight = d.pop("weight")

        creative_weight_out = cls(
            chosen=chosen,
            creative_id=creative_id,
            effective_showings=effective_showings,
            largest_weight_share=largest_weight_share,
            offered=offered,
            refused=refused,
            smallest_propensity=smallest_propensity,
            weight=weight,
        )

        creative_weight_out.additional_properties = d
        return creative_weight_out

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
