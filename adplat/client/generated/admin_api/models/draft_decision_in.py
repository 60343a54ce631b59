from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="DraftDecisionIn")


@_attrs_define
class DraftDecisionIn:
    """``ad_id``: of an approval; empty: the ad that leads where the brief says.

    Attributes:
        reason (str):
        ad_id (str | Unset):  Default: ''.
    """

    reason: str
    ad_id: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        ad_id = self.ad_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if ad_id is not UNSET:
            field_dict["ad_id"] = ad_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        ad_id = d.pop("ad_id", UNSET)

        draft_decision_in = cls(
            reason=reason,
            ad_id=ad_id,
        )

        return draft_decision_in
