from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.audit_out_detail import AuditOutDetail


T = TypeVar("T", bound="AuditOut")


@_attrs_define
class AuditOut:
    """
    Attributes:
        action (str):
        actor (str):
        advertiser_id (None | str):
        at (datetime.datetime):
        detail (AuditOutDetail):
        kind (str):
        number (int):
        reason (str):
        sha256 (str):
        subject (str):
    """

    action: str
    actor: str
    advertiser_id: None | str
    at: datetime.datetime
    detail: AuditOutDetail
    kind: str
    number: int
    reason: str
    sha256: str
    subject: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_out_detail import AuditOutDetail  # noqa: PLC0415

        action = self.action

        actor = self.actor

        advertiser_id: None | str
        advertiser_id = self.advertiser_id

        at = self.at.isoformat()

        detail = self.detail.to_dict()

        kind = self.kind

        number = self.number

        reason = self.reason

        sha256 = self.sha256

        subject = self.subject

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "actor": actor,
                "advertiser_id": advertiser_id,
                "at": at,
                "detail": detail,
                "kind": kind,
                "number": number,
                "reason": reason,
                "sha256": sha256,
                "subject": subject,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_out_detail import AuditOutDetail  # noqa: PLC0415

        d = dict(src_dict)
        action = d.pop("action")

        actor = d.pop("actor")

        def _parse_advertiser_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        detail = AuditOutDetail.from_dict(d.pop("detail"))

        kind = d.pop("kind")

        number = d.pop("number")

        reason = d.pop("reason")

        sha256 = d.pop("sha256")

        subject = d.pop("subject")

        audit_out = cls(
            action=action,
            actor=actor,
            advertiser_id=advertiser_id,
            at=at,
            detail=detail,
            kind=kind,
            number=number,
            reason=reason,
            sha256=sha256,
            subject=subject,
        )

        audit_out.additional_properties = d
        return audit_out

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
