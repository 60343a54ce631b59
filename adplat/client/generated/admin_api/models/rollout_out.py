from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.job_outcome import JobOutcome
from ..models.rollout_deed import RolloutDeed
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.rollout_out_refused_type_0 import RolloutOutRefusedType0
    from ..models.rollout_out_result_type_0 import RolloutOutResultType0


T = TypeVar("T", bound="RolloutOut")


@_attrs_define
class RolloutOut:
    """``refused`` says why it was not done, and ``detail`` there holds the gates; then nothing was changed.

    Attributes:
        bundle_id (None | str):
        deed (RolloutDeed): ``CHECK`` runs the gates and compares with the live bundle; ``SHADOW_REPORT`` tells what the
            shadow would have
            said. Those two change nothing.
        ended_at (datetime.datetime | None):
        error (None | str):
        force (bool):
        ordered_at (datetime.datetime):
        ordered_by (str):
        outcome (JobOutcome): How far a job came, as people are told it: its state, or what it says itself of a run that
            came to its end.

            *Refused*: it was not done, and nothing was changed. *Partly*: some of it was done. One that came to its end may
            have *failed* all the same, where trying again would not heal it.
        progress (float):
        reason (str):
        refused (None | RolloutOutRefusedType0):
        result (None | RolloutOutResultType0):
        rollout_id (int):
        share (float):
    """

    bundle_id: None | str
    deed: RolloutDeed
    ended_at: datetime.datetime | None
    error: None | str
    force: bool
    ordered_at: datetime.datetime
    ordered_by: str
    outcome: JobOutcome
    progress: float
    reason: str
    refused: None | RolloutOutRefusedType0
    result: None | RolloutOutResultType0
    rollout_id: int
    share: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rollout_out_refused_type_0 import RolloutOutRefusedType0  # noqa: PLC0415
        from ..models.rollout_out_result_type_0 import RolloutOutResultType0  # noqa: PLC0415

        bundle_id: None | str
        bundle_id = self.bundle_id

        deed = self.deed.value

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        error: None | str
        error = self.error

        force = self.force

        ordered_at = self.ordered_at.isoformat()

        ordered_by = self.ordered_by

        outcome = self.outcome.value

        progress = self.progress

        reason = self.reason

        refused: dict[str, Any] | None
        if isinstance(self.refused, RolloutOutRefusedType0):
            refused = self.refused.to_dict()
        else:
            refused = self.refused

        result: dict[str, Any] | None
        if isinstance(self.result, RolloutOutResultType0):
            result = self.result.to_dict()
        else:
            result = self.result

        rollout_id = self.rollout_id

        share = self.share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bundle_id": bundle_id,
                "deed": deed,
                "ended_at": ended_at,
                "error": error,
                "force": force,
                "ordered_at": ordered_at,
                "ordered_by": ordered_by,
                "outcome": outcome,
                "progress": progress,
                "reason": reason,
                "refused": refused,
                "result": result,
                "rollout_id": rollout_id,
                "share": share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rollout_out_refused_type_0 import RolloutOutRefusedType0  # noqa: PLC0415
        from ..models.rollout_out_result_type_0 import RolloutOutResultType0  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_bundle_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bundle_id = _parse_bundle_id(d.pop("bundle_id"))

        deed = RolloutDeed(d.pop("deed"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        force = d.pop("force")

        ordered_at = datetime.datetime.fromisoformat(d.pop("ordered_at"))

        ordered_by = d.pop("ordered_by")

        outcome = JobOutcome(d.pop("outcome"))

        progress = d.pop("progress")

        reason = d.pop("reason")

        def _parse_refused(data: object) -> None | RolloutOutRefusedType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_type_0 = RolloutOutRefusedType0.from_dict(data)

                return refused_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RolloutOutRefusedType0, data)

        refused = _parse_refused(d.pop("refused"))

        def _parse_result(data: object) -> None | RolloutOutResultType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                result_type_0 = RolloutOutResultType0.from_dict(data)

                return result_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RolloutOutResultType0, data)

        result = _parse_result(d.pop("result"))

        rollout_id = d.pop("rollout_id")

        share = d.pop("share")

        rollout_out = cls(
            bundle_id=bundle_id,
            deed=deed,
            ended_at=ended_at,
            error=error,
            force=force,
            ordered_at=ordered_at,
            ordered_by=ordered_by,
            outcome=outcome,
            progress=progress,
            reason=reason,
            refused=refused,
            result=result,
            rollout_id=rollout_id,
            share=share,
        )

        rollout_out.additional_properties = d
        return rollout_out

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
