from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.creative_status import CreativeStatus


T = TypeVar("T", bound="CreativeChanges")


@_attrs_define
class CreativeChanges:
    """live, paused or retired.

    Attributes:
        status (CreativeStatus): A creative's life.

            ::

                drafted ──▶ held ──▶ approved ──▶ live ◀──▶ paused
                             │                     │          │
                             └──▶ rejected         └──────────┴──▶ retired

            ``held`` waits for a person; ``approved`` may run but is not running yet; only ``live``
            creatives are ever chosen. ``rejected`` and ``retired`` are final.
    """

    status: CreativeStatus

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = CreativeStatus(d.pop("status"))

        creative_changes = cls(
            status=status,
        )

        return creative_changes
