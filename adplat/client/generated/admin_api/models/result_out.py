from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.result_out_document import ResultOutDocument


T = TypeVar("T", bound="ResultOut")


@_attrs_define
class ResultOut:
    """What one analysis said; later ones change no earlier one.

    Attributes:
        at (str):
        data_since (None | str):
        data_until (None | str):
        document (ResultOutDocument):
        job_id (int | None):
        result_id (int):
        verdict (str):
    """

    at: str
    data_since: None | str
    data_until: None | str
    document: ResultOutDocument
    job_id: int | None
    result_id: int
    verdict: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.result_out_document import ResultOutDocument  # noqa: PLC0415

        at = self.at

        data_since: None | str
        data_since = self.data_since

        data_until: None | str
        data_until = self.data_until

        document = self.document.to_dict()

        job_id: int | None
        job_id = self.job_id

        result_id = self.result_id

        verdict = self.verdict

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "data_since": data_since,
                "data_until": data_until,
                "document": document,
                "job_id": job_id,
                "result_id": result_id,
                "verdict": verdict,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.result_out_document import ResultOutDocument  # noqa: PLC0415

        d = dict(src_dict)
        at = d.pop("at")

        def _parse_data_since(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        data_since = _parse_data_since(d.pop("data_since"))

        def _parse_data_until(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        data_until = _parse_data_until(d.pop("data_until"))

        document = ResultOutDocument.from_dict(d.pop("document"))

        def _parse_job_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        job_id = _parse_job_id(d.pop("job_id"))

        result_id = d.pop("result_id")

        verdict = d.pop("verdict")

        result_out = cls(
            at=at,
            data_since=data_since,
            data_until=data_until,
            document=document,
            job_id=job_id,
            result_id=result_id,
            verdict=verdict,
        )

        result_out.additional_properties = d
        return result_out

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
