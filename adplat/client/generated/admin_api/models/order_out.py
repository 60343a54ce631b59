from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.job_outcome import JobOutcome
from ..models.job_state import JobState
from typing import cast

if TYPE_CHECKING:
    from ..models.draft_out import DraftOut


T = TypeVar("T", bound="OrderOut")


@_attrs_define
class OrderOut:
    """``drafts``: what came of it, as it is now. ``nobody_takes``: it waits, and no living worker takes such orders.

    Attributes:
        drafts (list[DraftOut]):
        error (None | str):
        job_id (int):
        kind (str):
        nobody_takes (bool):
        outcome (JobOutcome): How far a job came, as people are told it: its state, or what it says itself of a run that
            came to its end.

            *Refused*: it was not done, and nothing was changed. *Partly*: some of it was done. One that came to its end may
            have *failed* all the same, where trying again would not heal it.
        progress (float):
        state (JobState): Where in its life a job is; the module draws it.
        subject (str):
        why (None | str):
    """

    drafts: list[DraftOut]
    error: None | str
    job_id: int
    kind: str
    nobody_takes: bool
    outcome: JobOutcome
    progress: float
    state: JobState
    subject: str
    why: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.draft_out import DraftOut  # noqa: PLC0415

        drafts = []
        for drafts_item_data in self.drafts:
            drafts_item = drafts_item_data.to_dict()
            drafts.append(drafts_item)

        error: None | str
        error = self.error

        job_id = self.job_id

        kind = self.kind

        nobody_takes = self.nobody_takes

        outcome = self.outcome.value

        progress = self.progress

        state = self.state.value

        subject = self.subject

        why: None | str
        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "drafts": drafts,
                "error": error,
                "job_id": job_id,
                "kind": kind,
                "nobody_takes": nobody_takes,
                "outcome": outcome,
                "progress": progress,
                "state": state,
                "subject": subject,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.draft_out import DraftOut  # noqa: PLC0415

        d = dict(src_dict)
        drafts = []
        _drafts = d.pop("drafts")
        for drafts_item_data in _drafts:
            drafts_item = DraftOut.from_dict(drafts_item_data)

            drafts.append(drafts_item)

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        job_id = d.pop("job_id")

        kind = d.pop("kind")

        nobody_takes = d.pop("nobody_takes")

        outcome = JobOutcome(d.pop("outcome"))

        progress = d.pop("progress")

        state = JobState(d.pop("state"))

        subject = d.pop("subject")

        def _parse_why(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        why = _parse_why(d.pop("why"))

        order_out = cls(
            drafts=drafts,
            error=error,
            job_id=job_id,
            kind=kind,
            nobody_takes=nobody_takes,
            outcome=outcome,
            progress=progress,
            state=state,
            subject=subject,
            why=why,
        )

        order_out.additional_properties = d
        return order_out

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
