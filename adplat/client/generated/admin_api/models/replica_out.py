from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="ReplicaOut")


@_attrs_define
class ReplicaOut:
    """
    Attributes:
        bundle_id (str):
        name (str):
        snapshot_id (str):
        told (datetime.datetime):
    """

    bundle_id: str
    name: str
    snapshot_id: str
    told: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bundle_id = self.bundle_id

        name = self.name

        snapshot_id = self.snapshot_id

        told = self.told.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bundle_id": bundle_id,
                "name": name,
                "snapshot_id": snapshot_id,
                "told": told,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bundle_id = d.pop("bundle_id")

        name = d.pop("name")

        snapshot_id = d.pop("snapshot_id")

        told = datetime.datetime.fromisoformat(d.pop("told"))

        replica_out = cls(
            bundle_id=bundle_id,
            name=name,
            snapshot_id=snapshot_id,
            told=told,
        )

        replica_out.additional_properties = d
        return replica_out

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
