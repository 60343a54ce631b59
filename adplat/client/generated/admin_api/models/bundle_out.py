from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.bundle_state import BundleState
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.bundle_out_metrics import BundleOutMetrics
    from ..models.data_span_out import DataSpanOut
    from ..models.deployment_out import DeploymentOut


T = TypeVar("T", bound="BundleOut")


@_attrs_define
class BundleOut:
    """As ``adplat model show --json`` tells it; ``kind`` is network, lightgbm or contrast.

    Attributes:
        bundle_id (str):
        created (datetime.datetime):
        data (DataSpanOut):
        deployed (DeploymentOut | None):
        kind (str):
        metrics (BundleOutMetrics):
        parent (None | str):
        path (str):
        registered (datetime.datetime):
        registered_by (str):
        schema_digest (str):
        state (BundleState): Where in its life a bundle is; the module draws it.
    """

    bundle_id: str
    created: datetime.datetime
    data: DataSpanOut
    deployed: DeploymentOut | None
    kind: str
    metrics: BundleOutMetrics
    parent: None | str
    path: str
    registered: datetime.datetime
    registered_by: str
    schema_digest: str
    state: BundleState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bundle_out_metrics import BundleOutMetrics  # noqa: PLC0415
        from ..models.data_span_out import DataSpanOut  # noqa: PLC0415
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415

        bundle_id = self.bundle_id

        created = self.created.isoformat()

        data = self.data.to_dict()

        deployed: dict[str, Any] | None
        if isinstance(self.deployed, DeploymentOut):
            deployed = self.deployed.to_dict()
        else:
            deployed = self.deployed

        kind = self.kind

        metrics = self.metrics.to_dict()

        parent: None | str
        parent = self.parent

        path = self.path

        registered = self.registered.isoformat()

        registered_by = self.registered_by

        schema_digest = self.schema_digest

        state = self.state.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bundle_id": bundle_id,
                "created": created,
                "data": data,
                "deployed": deployed,
                "kind": kind,
                "metrics": metrics,
                "parent": parent,
                "path": path,
                "registered": registered,
                "registered_by": registered_by,
                "schema_digest": schema_digest,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bundle_out_metrics import BundleOutMetrics  # noqa: PLC0415
        from ..models.data_span_out import DataSpanOut  # noqa: PLC0415
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415

        d = dict(src_dict)
        bundle_id = d.pop("bundle_id")

        created = datetime.datetime.fromisoformat(d.pop("created"))

        data = DataSpanOut.from_dict(d.pop("data"))

        def _parse_deployed(data: object) -> DeploymentOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                deployed_type_0 = DeploymentOut.from_dict(data)

                return deployed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DeploymentOut | None, data)

        deployed = _parse_deployed(d.pop("deployed"))

        kind = d.pop("kind")

        metrics = BundleOutMetrics.from_dict(d.pop("metrics"))

        def _parse_parent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent = _parse_parent(d.pop("parent"))

        path = d.pop("path")

        registered = datetime.datetime.fromisoformat(d.pop("registered"))

        registered_by = d.pop("registered_by")

        schema_digest = d.pop("schema_digest")

        state = BundleState(d.pop("state"))

        bundle_out = cls(
            bundle_id=bundle_id,
            created=created,
            data=data,
            deployed=deployed,
            kind=kind,
            metrics=metrics,
            parent=parent,
            path=path,
            registered=registered,
            registered_by=registered_by,
            schema_digest=schema_digest,
            state=state,
        )

        bundle_out.additional_properties = d
        return bundle_out

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
