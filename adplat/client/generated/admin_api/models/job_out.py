from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.job_outcome import JobOutcome
from ..models.job_state import JobState
from typing import cast


T = TypeVar("T", bound="JobOut")


@_attrs_define
class JobOut:
    """As ``adplat job show --json`` tells it; ``outcome`` and ``why``: what came of it, whatever its ``state``.

    Attributes:
        error (None | str):
        job_id (int):
        kind (str):
        outcome (JobOutcome): How far a job came, as people are told it: its state, or what it says itself of a run that
            came to its end.

            *Refused*: it was not done, and nothing was changed. *Partly*: some of it was done. One that came to its end may
            have *failed* all the same, where trying again would not heal it.
        progress (float):
        state (JobState): Where in its life a job is; the module draws it.
        subject (str):
        why (None | str):
    """

    error: None | str
    job_id: int
    kind: str
    outcome: JobOutcome
    progress: float
    state: JobState
    subject: str
    why: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error: None | str
        error = self.error

        job_id = self.job_id

        kind = self.kind

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
                "error": error,
                "job_id": job_id,
                "kind": kind,
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
        d = dict(src_dict)

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        job_id = d.pop("job_id")

        kind = d.pop("kind")

        outcome = JobOutcome(d.pop("outcome"))

        progress = d.pop("progress")

        state = JobState(d.pop("state"))

        subject = d.pop("subject")

        def _parse_why(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        why = _parse_why(d.pop("why"))

        job_out = cls(
            error=error,
            job_id=job_id,
            kind=kind,
            outcome=outcome,
            progress=progress,
            state=state,
            subject=subject,
            why=why,
        )

        job_out.additional_properties = d
        return job_out

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
