from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.rollout_deed import RolloutDeed
from ..types import UNSET, Unset


T = TypeVar("T", bound="RolloutIn")


@_attrs_define
class RolloutIn:
    """``bundle_id`` of check, promote and shadow; ``reason`` of what changes something; ``force`` passes over failed
    gates and is written down.

        Attributes:
            deed (RolloutDeed): ``CHECK`` runs the gates and compares with the live bundle; ``SHADOW_REPORT`` tells what the
                shadow would have
                said. Those two change nothing.
            bundle_id (str | Unset):  Default: ''.
            force (bool | Unset):  Default: False.
            reason (str | Unset):  Default: ''.
            share (float | Unset):  Default: 1.0.
    """

    deed: RolloutDeed
    bundle_id: str | Unset = ""
    force: bool | Unset = False
    reason: str | Unset = ""
    share: float | Unset = 1.0

    def to_dict(self) -> dict[str, Any]:
        deed = self.deed.value

        bundle_id = self.bundle_id

        force = self.force

        reason = self.reason

        share = self.share

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "deed": deed,
            }
        )
        if bundle_id is not UNSET:
            field_dict["bundle_id"] = bundle_id
        if force is not UNSET:
            field_dict["force"] = force
        if reason is not UNSET:
            field_dict["reason"] = reason
        if share is not UNSET:
            field_dict["share"] = share

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        deed = RolloutDeed(d.pop("deed"))

        bundle_id = d.pop("bundle_id", UNSET)

        force = d.pop("force", UNSET)

        reason = d.pop("reason", UNSET)

        share = d.pop("share", UNSET)

        rollout_in = cls(
            deed=deed,
            bundle_id=bundle_id,
            force=force,
            reason=reason,
            share=share,
        )

        return rollout_in
