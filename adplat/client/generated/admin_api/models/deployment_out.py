from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.deployment_kind import DeploymentKind
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.deployment_out_gates_type_0 import DeploymentOutGatesType0


T = TypeVar("T", bound="DeploymentOut")


@_attrs_define
class DeploymentOut:
    """``gates``: of a promotion, as they were then.

    Attributes:
        at (datetime.datetime):
        bundle_id (str):
        by (str):
        gates (DeploymentOutGatesType0 | None):
        kind (DeploymentKind): How a bundle became the live one: put there by hand, through the gates, or back after
            another failed.
        reason (str):
        snapshot_id (str):
    """

    at: datetime.datetime
    bundle_id: str
    by: str
    gates: DeploymentOutGatesType0 | None
    kind: DeploymentKind
    reason: str
    snapshot_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.deployment_out_gates_type_0 import DeploymentOutGatesType0  # noqa: PLC0415

        at = self.at.isoformat()

        bundle_id = self.bundle_id

        by = self.by

        gates: dict[str, Any] | None
        if isinstance(self.gates, DeploymentOutGatesType0):
            gates = self.gates.to_dict()
        else:
            gates = self.gates

        kind = self.kind.value

        reason = self.reason

        snapshot_id = self.snapshot_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "bundle_id": bundle_id,
                "by": by,
                "gates": gates,
                "kind": kind,
                "reason": reason,
                "snapshot_id": snapshot_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.deployment_out_gates_type_0 import DeploymentOutGatesType0  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        bundle_id = d.pop("bundle_id")

        by = d.pop("by")

        def _parse_gates(data: object) -> DeploymentOutGatesType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                gates_type_0 = DeploymentOutGatesType0.from_dict(data)

                return gates_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DeploymentOutGatesType0 | None, data)

        gates = _parse_gates(d.pop("gates"))

        kind = DeploymentKind(d.pop("kind"))

        reason = d.pop("reason")

        snapshot_id = d.pop("snapshot_id")

        deployment_out = cls(
            at=at,
            bundle_id=bundle_id,
            by=by,
            gates=gates,
            kind=kind,
            reason=reason,
            snapshot_id=snapshot_id,
        )

        deployment_out.additional_properties = d
        return deployment_out

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
