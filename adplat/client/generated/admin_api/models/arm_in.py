from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ArmIn")


@_attrs_define
class ArmIn:
    """``creative_ids`` empty: all of the campaigns; ``policy`` empty: whichever chooses anyway.

    Attributes:
        name (str):
        creative_ids (list[str] | Unset):
        policy (str | Unset):  Default: ''.
        weight (float | Unset):  Default: 1.0.
    """

    name: str
    creative_ids: list[str] | Unset = UNSET
    policy: str | Unset = ""
    weight: float | Unset = 1.0

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        creative_ids: list[str] | Unset = UNSET
        if not isinstance(self.creative_ids, Unset):
            creative_ids = self.creative_ids

        policy = self.policy

        weight = self.weight

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if creative_ids is not UNSET:
            field_dict["creative_ids"] = creative_ids
        if policy is not UNSET:
            field_dict["policy"] = policy
        if weight is not UNSET:
            field_dict["weight"] = weight

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        creative_ids = cast(list[str], d.pop("creative_ids", UNSET))

        policy = d.pop("policy", UNSET)

        weight = d.pop("weight", UNSET)

        arm_in = cls(
            name=name,
            creative_ids=creative_ids,
            policy=policy,
            weight=weight,
        )

        return arm_in
