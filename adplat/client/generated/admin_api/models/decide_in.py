from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="DecideIn")


@_attrs_define
class DecideIn:
    """``winner``: the name of an arm, or none.

    Attributes:
        reason (str):
        winner (str):
    """

    reason: str
    winner: str

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        winner = self.winner

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "winner": winner,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        winner = d.pop("winner")

        decide_in = cls(
            reason=reason,
            winner=winner,
        )

        return decide_in
