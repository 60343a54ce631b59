from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.chain_head_out import ChainHeadOut


T = TypeVar("T", bound="ChainOut")


@_attrs_define
class ChainOut:
    """As ``adplat audit check --json`` tells it, without anchors.

    Attributes:
        anchors (int):
        fault_count (int):
        faults (list[str]):
        head (ChainHeadOut):
        holds (bool):
        records (int):
    """

    anchors: int
    fault_count: int
    faults: list[str]
    head: ChainHeadOut
    holds: bool
    records: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.chain_head_out import ChainHeadOut  # noqa: PLC0415

        anchors = self.anchors

        fault_count = self.fault_count

        faults = self.faults

        head = self.head.to_dict()

        holds = self.holds

        records = self.records

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "anchors": anchors,
                "fault_count": fault_count,
                "faults": faults,
                "head": head,
                "holds": holds,
                "records": records,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chain_head_out import ChainHeadOut  # noqa: PLC0415

        d = dict(src_dict)
        anchors = d.pop("anchors")

        fault_count = d.pop("fault_count")

        faults = cast(list[str], d.pop("faults"))

        head = ChainHeadOut.from_dict(d.pop("head"))

        holds = d.pop("holds")

        records = d.pop("records")

        chain_out = cls(
            anchors=anchors,
            fault_count=fault_count,
            faults=faults,
            head=head,
            holds=holds,
            records=records,
        )

        chain_out.additional_properties = d
        return chain_out

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
