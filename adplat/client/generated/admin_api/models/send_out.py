from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="SendOut")


@_attrs_define
class SendOut:
    """One target that took what was due.

    Attributes:
        at (datetime.datetime):
        due (datetime.datetime):
        rows (int):
        sha256 (str):
        target (str):
    """

    at: datetime.datetime
    due: datetime.datetime
    rows: int
    sha256: str
    target: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        due = self.due.isoformat()

        rows = self.rows

        sha256 = self.sha256

        target = self.target

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "due": due,
                "rows": rows,
                "sha256": sha256,
                "target": target,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        due = datetime.datetime.fromisoformat(d.pop("due"))

        rows = d.pop("rows")

        sha256 = d.pop("sha256")

        target = d.pop("target")

        send_out = cls(
            at=at,
            due=due,
            rows=rows,
            sha256=sha256,
            target=target,
        )

        send_out.additional_properties = d
        return send_out

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
