from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.order_in_brief import OrderInBrief


T = TypeVar("T", bound="OrderIn")


@_attrs_define
class OrderIn:
    """``brief`` as in ``adplat schema brief``; its pictures come beside it as base64 (PNG, JPEG, GIF or WebP).

    Attributes:
        brief (OrderInBrief):
        product_image (str):
        copywriter (str | Unset):  Default: 'template'.
        logo_image (str | Unset):  Default: ''.
        painter (str | Unset):  Default: 'procedural'.
        seed (int | Unset):  Default: 0.
        tries (int | Unset):  Default: 3.
        variants (int | Unset):  Default: 3.
    """

    brief: OrderInBrief
    product_image: str
    copywriter: str | Unset = "template"
    logo_image: str | Unset = ""
    painter: str | Unset = "procedural"
    seed: int | Unset = 0
    tries: int | Unset = 3
    variants: int | Unset = 3

    def to_dict(self) -> dict[str, Any]:
        from ..models.order_in_brief import OrderInBrief  # noqa: PLC0415

        brief = self.brief.to_dict()

        product_image = self.product_image

        copywriter = self.copywriter

        logo_image = self.logo_image

        painter = self.painter

        seed = self.seed

        tries = self.tries

        variants = self.variants

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "brief": brief,
                "product_image": product_image,
            }
        )
        if copywriter is not UNSET:
            field_dict["copywriter"] = copywriter
        if logo_image is not UNSET:
            field_dict["logo_image"] = logo_image
        if painter is not UNSET:
            field_dict["painter"] = painter
        if seed is not UNSET:
            field_dict["seed"] = seed
        if tries is not UNSET:
            field_dict["tries"] = tries
        if variants is not UNSET:
            field_dict["variants"] = variants

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.order_in_brief import OrderInBrief  # noqa: PLC0415

        d = dict(src_dict)
        brief = OrderInBrief.from_dict(d.pop("brief"))

        product_image = d.pop("product_image")

        copywriter = d.pop("copywriter", UNSET)

        logo_image = d.pop("logo_image", UNSET)

        painter = d.pop("painter", UNSET)

        seed = d.pop("seed", UNSET)

        tries = d.pop("tries", UNSET)

        variants = d.pop("variants", UNSET)

        order_in = cls(
            brief=brief,
            product_image=product_image,
            copywriter=copywriter,
            logo_image=logo_image,
            painter=painter,
            seed=seed,
            tries=tries,
            variants=variants,
        )

        return order_in
