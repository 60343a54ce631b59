from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.replica_out import ReplicaOut


T = TypeVar("T", bound="LiveOut")


@_attrs_define
class LiveOut:
    """``version`` is what ``If-Match`` of a rollout wants, without quotes; ``replicas`` null: nobody can tell.

    Attributes:
        changes (int):
        live (None | str):
        published (datetime.datetime | None):
        replicas (list[ReplicaOut] | None):
        served (None | str):
        shadow (None | str):
        shadow_share (float | None):
        shadow_since (datetime.datetime | None):
        snapshot_id (None | str):
        version (str):
    """

    changes: int
    live: None | str
    published: datetime.datetime | None
    replicas: list[ReplicaOut] | None
    served: None | str
    shadow: None | str
    shadow_share: float | None
    shadow_since: datetime.datetime | None
    snapshot_id: None | str
    version: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.replica_out import ReplicaOut  # noqa: PLC0415

        changes = self.changes

        live: None | str
        live = self.live

        published: None | str
        if isinstance(self.published, datetime.datetime):
            published = self.published.isoformat()
        else:
            published = self.published

        replicas: list[dict[str, Any]] | None
        if isinstance(self.replicas, list):
            replicas = []
            for replicas_type_0_item_data in self.replicas:
                replicas_type_0_item = replicas_type_0_item_data.to_dict()
                replicas.append(replicas_type_0_item)

        else:
            replicas = self.replicas

        served: None | str
        served = self.served

        shadow: None | str
        shadow = self.shadow

        shadow_share: float | None
        shadow_share = self.shadow_share

        shadow_since: None | str
        if isinstance(self.shadow_since, datetime.datetime):
            shadow_since = self.shadow_since.isoformat()
        else:
            shadow_since = self.shadow_since

        snapshot_id: None | str
        snapshot_id = self.snapshot_id

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "changes": changes,
                "live": live,
                "published": published,
                "replicas": replicas,
                "served": served,
                "shadow": shadow,
                "shadow_share": shadow_share,
                "shadow_since": shadow_since,
                "snapshot_id": snapshot_id,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.replica_out import ReplicaOut  # noqa: PLC0415

        d = dict(src_dict)
        changes = d.pop("changes")

        def _parse_live(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        live = _parse_live(d.pop("live"))

        def _parse_published(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                published_type_0 = datetime.datetime.fromisoformat(data)

                return published_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        published = _parse_published(d.pop("published"))

        def _parse_replicas(data: object) -> list[ReplicaOut] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                replicas_type_0 = []
                _replicas_type_0 = data
                for replicas_type_0_item_data in _replicas_type_0:
                    replicas_type_0_item = ReplicaOut.from_dict(replicas_type_0_item_data)

                    replicas_type_0.append(replicas_type_0_item)

                return replicas_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ReplicaOut] | None, data)

        replicas = _parse_replicas(d.pop("replicas"))

        def _parse_served(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        served = _parse_served(d.pop("served"))

        def _parse_shadow(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        shadow = _parse_shadow(d.pop("shadow"))

        def _parse_shadow_share(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        shadow_share = _parse_shadow_share(d.pop("shadow_share"))

        def _parse_shadow_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shadow_since_type_0 = datetime.datetime.fromisoformat(data)

                return shadow_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        shadow_since = _parse_shadow_since(d.pop("shadow_since"))

        def _parse_snapshot_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        snapshot_id = _parse_snapshot_id(d.pop("snapshot_id"))

        version = d.pop("version")

        live_out = cls(
            changes=changes,
            live=live,
            published=published,
            replicas=replicas,
            served=served,
            shadow=shadow,
            shadow_share=shadow_share,
            shadow_since=shadow_since,
            snapshot_id=snapshot_id,
            version=version,
        )

        live_out.additional_properties = d
        return live_out

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
