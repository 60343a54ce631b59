from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.element_out import ElementOut
    from ..models.elements_out_deviations import ElementsOutDeviations
    from ..models.elements_out_pairs_item import ElementsOutPairsItem


T = TypeVar("T", bound="ElementsOut")


@_attrs_define
class ElementsOut:
    """As ``adplat bandit elements --json`` tells it, of one campaign and some days.

    Attributes:
        campaign (str):
        creatives (int):
        deviations (ElementsOutDeviations):
        elements (list[ElementOut]):
        pairs (list[ElementsOutPairsItem]):
    """

    campaign: str
    creatives: int
    deviations: ElementsOutDeviations
    elements: list[ElementOut]
    pairs: list[ElementsOutPairsItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.element_out import ElementOut  # noqa: PLC0415
        from ..models.elements_out_deviations import ElementsOutDeviations  # noqa: PLC0415
        from ..models.elements_out_pairs_item import ElementsOutPairsItem  # noqa: PLC0415

        campaign = self.campaign

        creatives = self.creatives

        deviations = self.deviations.to_dict()

        elements = []
        for elements_item_data in self.elements:
            elements_item = elements_item_data.to_dict()
            elements.append(elements_item)

        pairs = []
        for pairs_item_data in self.pairs:
            pairs_item = pairs_item_data.to_dict()
            pairs.append(pairs_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "campaign": campaign,
                "creatives": creatives,
                "deviations": deviations,
                "elements": elements,
                "pairs": pairs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.element_out import ElementOut  # noqa: PLC0415
        from ..models.elements_out_deviations import ElementsOutDeviations  # noqa: PLC0415
        from ..models.elements_out_pairs_item import ElementsOutPairsItem  # noqa: PLC0415

        d = dict(src_dict)
        campaign = d.pop("campaign")

        creatives = d.pop("creatives")

        deviations = ElementsOutDeviations.from_dict(d.pop("deviations"))

        elements = []
        _elements = d.pop("elements")
        for elements_item_data in _elements:
            elements_item = ElementOut.from_dict(elements_item_data)

            elements.append(elements_item)

        pairs = []
        _pairs = d.pop("pairs")
        for pairs_item_data in _pairs:
            pairs_item = ElementsOutPairsItem.from_dict(pairs_item_data)

            pairs.append(pairs_item)

        elements_out = cls(
            campaign=campaign,
            creatives=creatives,
            deviations=deviations,
            elements=elements,
            pairs=pairs,
        )

        elements_out.additional_properties = d
        return elements_out

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
