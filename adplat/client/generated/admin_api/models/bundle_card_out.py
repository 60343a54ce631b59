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
    from ..models.bundle_card_out_baselines_type_0 import BundleCardOutBaselinesType0
    from ..models.bundle_card_out_config import BundleCardOutConfig
    from ..models.bundle_card_out_curves_type_0 import BundleCardOutCurvesType0
    from ..models.bundle_card_out_metrics import BundleCardOutMetrics
    from ..models.changes_out import ChangesOut
    from ..models.data_span_out import DataSpanOut
    from ..models.deployment_out import DeploymentOut
    from ..models.interval_out import IntervalOut
    from ..models.rollout_out import RolloutOut
    from ..models.slice_out import SliceOut


T = TypeVar("T", bound="BundleCardOut")


@_attrs_define
class BundleCardOut:
    """``curves``, ``slices`` and ``baselines`` are of the later rows that it was made with; null: not kept with it.

    Attributes:
        baselines (BundleCardOutBaselinesType0 | None):
        bundle_id (str):
        changes (ChangesOut): What going live would change, beside what clicks are told by.
        config (BundleCardOutConfig):
        config_sha256 (str):
        created (datetime.datetime):
        curves (BundleCardOutCurvesType0 | None):
        data (DataSpanOut):
        deployed (DeploymentOut | None):
        features (list[str] | None):
        history (list[DeploymentOut]):
        kind (str):
        latest_check (None | RolloutOut):
        metrics (BundleCardOutMetrics):
        parent (None | str):
        path (str):
        pcoc (IntervalOut): 95 %; ``low`` and ``high`` null where too little is there to tell.
        registered (datetime.datetime):
        registered_by (str):
        schema_digest (str):
        slices (list[SliceOut] | None):
        state (BundleState): Where in its life a bundle is; the module draws it.
        trouble (None | str):
    """

    baselines: BundleCardOutBaselinesType0 | None
    bundle_id: str
    changes: ChangesOut
    config: BundleCardOutConfig
    config_sha256: str
    created: datetime.datetime
    curves: BundleCardOutCurvesType0 | None
    data: DataSpanOut
    deployed: DeploymentOut | None
    features: list[str] | None
    history: list[DeploymentOut]
    kind: str
    latest_check: None | RolloutOut
    metrics: BundleCardOutMetrics
    parent: None | str
    path: str
    pcoc: IntervalOut
    registered: datetime.datetime
    registered_by: str
    schema_digest: str
    slices: list[SliceOut] | None
    state: BundleState
    trouble: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bundle_card_out_baselines_type_0 import BundleCardOutBaselinesType0  # noqa: PLC0415
        from ..models.bundle_card_out_config import BundleCardOutConfig  # noqa: PLC0415
        from ..models.bundle_card_out_curves_type_0 import BundleCardOutCurvesType0  # noqa: PLC0415
        from ..models.bundle_card_out_metrics import BundleCardOutMetrics  # noqa: PLC0415
        from ..models.changes_out import ChangesOut  # noqa: PLC0415
        from ..models.data_span_out import DataSpanOut  # noqa: PLC0415
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415
        from ..models.interval_out import IntervalOut  # noqa: PLC0415
        from ..models.rollout_out import RolloutOut  # noqa: PLC0415
        from ..models.slice_out import SliceOut  # noqa: PLC0415

        baselines: dict[str, Any] | None
        if isinstance(self.baselines, BundleCardOutBaselinesType0):
            baselines = self.baselines.to_dict()
        else:
            baselines = self.baselines

        bundle_id = self.bundle_id

        changes = self.changes.to_dict()

        config = self.config.to_dict()

        config_sha256 = self.config_sha256

        created = self.created.isoformat()

        curves: dict[str, Any] | None
        if isinstance(self.curves, BundleCardOutCurvesType0):
            curves = self.curves.to_dict()
        else:
            curves = self.curves

        data = self.data.to_dict()

        deployed: dict[str, Any] | None
        if isinstance(self.deployed, DeploymentOut):
            deployed = self.deployed.to_dict()
        else:
            deployed = self.deployed

        features: list[str] | None
        if isinstance(self.features, list):
            features = self.features

        else:
            features = self.features

        history = []
        for history_item_data in self.history:
            history_item = history_item_data.to_dict()
            history.append(history_item)

        kind = self.kind

        latest_check: dict[str, Any] | None
        if isinstance(self.latest_check, RolloutOut):
            latest_check = self.latest_check.to_dict()
        else:
            latest_check = self.latest_check

        metrics = self.metrics.to_dict()

        parent: None | str
        parent = self.parent

        path = self.path

        pcoc = self.pcoc.to_dict()

        registered = self.registered.isoformat()

        registered_by = self.registered_by

        schema_digest = self.schema_digest

        slices: list[dict[str, Any]] | None
        if isinstance(self.slices, list):
            slices = []
            for slices_type_0_item_data in self.slices:
                slices_type_0_item = slices_type_0_item_data.to_dict()
                slices.append(slices_type_0_item)

        else:
            slices = self.slices

        state = self.state.value

        trouble: None | str
        trouble = self.trouble

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "baselines": baselines,
                "bundle_id": bundle_id,
                "changes": changes,
                "config": config,
                "config_sha256": config_sha256,
                "created": created,
                "curves": curves,
                "data": data,
                "deployed": deployed,
                "features": features,
                "history": history,
                "kind": kind,
                "latest_check": latest_check,
                "metrics": metrics,
                "parent": parent,
                "path": path,
                "pcoc": pcoc,
                "registered": registered,
                "registered_by": registered_by,
                "schema_digest": schema_digest,
                "slices": slices,
                "state": state,
                "trouble": trouble,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bundle_card_out_baselines_type_0 import BundleCardOutBaselinesType0  # noqa: PLC0415
        from ..models.bundle_card_out_config import BundleCardOutConfig  # noqa: PLC0415
        from ..models.bundle_card_out_curves_type_0 import BundleCardOutCurvesType0  # noqa: PLC0415
        from ..models.bundle_card_out_metrics import BundleCardOutMetrics  # noqa: PLC0415
        from ..models.changes_out import ChangesOut  # noqa: PLC0415
        from ..models.data_span_out import DataSpanOut  # noqa: PLC0415
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415
        from ..models.interval_out import IntervalOut  # noqa: PLC0415
        from ..models.rollout_out import RolloutOut  # noqa: PLC0415
        from ..models.slice_out import SliceOut  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_baselines(data: object) -> BundleCardOutBaselinesType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                baselines_type_0 = BundleCardOutBaselinesType0.from_dict(data)

                return baselines_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BundleCardOutBaselinesType0 | None, data)

        baselines = _parse_baselines(d.pop("baselines"))

        bundle_id = d.pop("bundle_id")

        changes = ChangesOut.from_dict(d.pop("changes"))

        config = BundleCardOutConfig.from_dict(d.pop("config"))

        config_sha256 = d.pop("config_sha256")

        created = datetime.datetime.fromisoformat(d.pop("created"))

        def _parse_curves(data: object) -> BundleCardOutCurvesType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                curves_type_0 = BundleCardOutCurvesType0.from_dict(data)

                return curves_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BundleCardOutCurvesType0 | None, data)

        curves = _parse_curves(d.pop("curves"))

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

        def _parse_features(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                features_type_0 = cast(list[str], data)

                return features_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        features = _parse_features(d.pop("features"))

        history = []
        _history = d.pop("history")
        for history_item_data in _history:
            history_item = DeploymentOut.from_dict(history_item_data)

            history.append(history_item)

        kind = d.pop("kind")

        def _parse_latest_check(data: object) -> None | RolloutOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                latest_check_type_0 = RolloutOut.from_dict(data)

                return latest_check_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RolloutOut, data)

        latest_check = _parse_latest_check(d.pop("latest_check"))

        metrics = BundleCardOutMetrics.from_dict(d.pop("metrics"))

        def _parse_parent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent = _parse_parent(d.pop("parent"))

        path = d.pop("path")

        pcoc = IntervalOut.from_dict(d.pop("pcoc"))

        registered = datetime.datetime.fromisoformat(d.pop("registered"))

        registered_by = d.pop("registered_by")

        schema_digest = d.pop("schema_digest")

        def _parse_slices(data: object) -> list[SliceOut] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                slices_type_0 = []
                _slices_type_0 = data
                for slices_type_0_item_data in _slices_type_0:
                    slices_type_0_item = SliceOut.from_dict(slices_type_0_item_data)

                    slices_type_0.append(slices_type_0_item)

                return slices_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[SliceOut] | None, data)

        slices = _parse_slices(d.pop("slices"))

        state = BundleState(d.pop("state"))

        def _parse_trouble(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trouble = _parse_trouble(d.pop("trouble"))

        bundle_card_out = cls(
            baselines=baselines,
            bundle_id=bundle_id,
            changes=changes,
            config=config,
            config_sha256=config_sha256,
            created=created,
            curves=curves,
            data=data,
            deployed=deployed,
            features=features,
            history=history,
            kind=kind,
            latest_check=latest_check,
            metrics=metrics,
            parent=parent,
            path=path,
            pcoc=pcoc,
            registered=registered,
            registered_by=registered_by,
            schema_digest=schema_digest,
            slices=slices,
            state=state,
            trouble=trouble,
        )

        bundle_card_out.additional_properties = d
        return bundle_card_out

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
