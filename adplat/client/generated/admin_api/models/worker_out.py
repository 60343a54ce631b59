from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.job_in_hand_out import JobInHandOut


T = TypeVar("T", bound="WorkerOut")


@_attrs_define
class WorkerOut:
    """A process that takes jobs of ``kinds``, as it last told; ``doing`` null: it waits for one.

    Attributes:
        doing (JobInHandOut | None):
        kinds (list[str]):
        lease_until (datetime.datetime):
        seen (datetime.datetime):
        started (datetime.datetime):
        version (str):
        worker_id (str):
    """

    doing: JobInHandOut | None
    kinds: list[str]
    lease_until: datetime.datetime
    seen: datetime.datetime
    started: datetime.datetime
    version: str
    worker_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.job_in_hand_out import JobInHandOut  # noqa: PLC0415

        doing: dict[str, Any] | None
        if isinstance(self.doing, JobInHandOut):
            doing = self.doing.to_dict()
        else:
            doing = self.doing

        kinds = self.kinds

        lease_until = self.lease_until.isoformat()

        seen = self.seen.isoformat()

        started = self.started.isoformat()

        version = self.version

        worker_id = self.worker_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "doing": doing,
                "kinds": kinds,
                "lease_until": lease_until,
                "seen": seen,
                "started": started,
                "version": version,
                "worker_id": worker_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_in_hand_out import JobInHandOut  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_doing(data: object) -> JobInHandOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                doing_type_0 = JobInHandOut.from_dict(data)

                return doing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(JobInHandOut | None, data)

        doing = _parse_doing(d.pop("doing"))

        kinds = cast(list[str], d.pop("kinds"))

        lease_until = datetime.datetime.fromisoformat(d.pop("lease_until"))

        seen = datetime.datetime.fromisoformat(d.pop("seen"))

        started = datetime.datetime.fromisoformat(d.pop("started"))

        version = d.pop("version")

        worker_id = d.pop("worker_id")

        worker_out = cls(
            doing=doing,
            kinds=kinds,
            lease_until=lease_until,
            seen=seen,
            started=started,
            version=version,
            worker_id=worker_id,
        )

        worker_out.additional_properties = d
        return worker_out

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
