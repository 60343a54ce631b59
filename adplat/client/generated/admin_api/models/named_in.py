from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.waits import Waits


T = TypeVar("T", bound="NamedIn")


@_attrs_define
class NamedIn:
    """One thing as it was seen.

    Attributes:
        etag (str):
        id (str):
        kind (Waits): What kind of thing waits.
    """

    etag: str
    id: str
    kind: Waits

    def to_dict(self) -> dict[str, Any]:
        etag = self.etag

        id = self.id

        kind = self.kind.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "etag": etag,
                "id": id,
                "kind": kind,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        etag = d.pop("etag")

        id = d.pop("id")

        kind = Waits(d.pop("kind"))

        named_in = cls(
            etag=etag,
            id=id,
            kind=kind,
        )

        return named_in
