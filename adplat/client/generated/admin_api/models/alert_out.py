from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.alert_kind import AlertKind
from ..models.alert_level import AlertLevel
from ..models.alert_subject import AlertSubject
from typing import cast

if TYPE_CHECKING:
    from ..models.alert_out_facts import AlertOutFacts


T = TypeVar("T", bound="AlertOut")


@_attrs_define
class AlertOut:
    """``about`` and ``subject`` name the thing, ``page`` where people see it; names of ``facts`` end in their unit.

    Attributes:
        about (AlertSubject): What kind of thing an alert is about; pages know where each is shown.
        advertiser_id (None | str):
        facts (AlertOutFacts):
        kind (AlertKind): What is wrong. Each kind has its sentence in the words of pages, which names its ``facts``.
        level (AlertLevel): ``bad``: money or a conclusion is lost while nobody looks; ``warn``: it should be looked at
            today.
        name (str):
        page (str):
        subject (str):
    """

    about: AlertSubject
    advertiser_id: None | str
    facts: AlertOutFacts
    kind: AlertKind
    level: AlertLevel
    name: str
    page: str
    subject: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.alert_out_facts import AlertOutFacts  # noqa: PLC0415

        about = self.about.value

        advertiser_id: None | str
        advertiser_id = self.advertiser_id

        facts = self.facts.to_dict()

        kind = self.kind.value

        level = self.level.value

        name = self.name

        page = self.page

        subject = self.subject

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "advertiser_id": advertiser_id,
                "facts": facts,
                "kind": kind,
                "level": level,
                "name": name,
                "page": page,
                "subject": subject,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alert_out_facts import AlertOutFacts  # noqa: PLC0415

        d = dict(src_dict)
        about = AlertSubject(d.pop("about"))

        def _parse_advertiser_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id"))

        facts = AlertOutFacts.from_dict(d.pop("facts"))

        kind = AlertKind(d.pop("kind"))

        level = AlertLevel(d.pop("level"))

        name = d.pop("name")

        page = d.pop("page")

        subject = d.pop("subject")

        alert_out = cls(
            about=about,
            advertiser_id=advertiser_id,
            facts=facts,
            kind=kind,
            level=level,
            name=name,
            page=page,
            subject=subject,
        )

        alert_out.additional_properties = d
        return alert_out

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
