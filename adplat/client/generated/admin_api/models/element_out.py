from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.element_out_evidence import ElementOutEvidence


T = TypeVar("T", bound="ElementOut")


@_attrs_define
class ElementOut:
    """``factor``: clicks over those expected, beside the mean of its kind; ``factor_low`` and ``_high`` its 90 %.

    Attributes:
        evidence (ElementOutEvidence):
        factor (float):
        factor_high (float):
        factor_low (float):
        kind (str):
        value (str):
    """

    evidence: ElementOutEvidence
    factor: float
    factor_high: float
    factor_low: float
    kind: str
    value: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.element_out_evidence import ElementOutEvidence  # noqa: PLC0415

        evidence = self.evidence.to_dict()

        factor = self.factor

        factor_high = self.factor_high

        factor_low = self.factor_low

        kind = self.kind

        value = self.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "evidence": evidence,
                "factor": factor,
                "factor_high": factor_high,
                "factor_low": factor_low,
                "kind": kind,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.element_out_evidence import ElementOutEvidence  # noqa: PLC0415

        d = dict(src_dict)
        evidence = ElementOutEvidence.from_dict(d.pop("evidence"))

        factor = d.pop("factor")

        factor_high = d.pop("factor_high")

        factor_low = d.pop("factor_low")

        kind = d.pop("kind")

        value = d.pop("value")

        element_out = cls(
            evidence=evidence,
            factor=factor,
            factor_high=factor_high,
            factor_low=factor_low,
            kind=kind,
            value=value,
        )

        element_out.additional_properties = d
        return element_out

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
