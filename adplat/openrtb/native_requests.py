"""What a native slot asks for (OpenRTB Native 1.2, section 4), in domain words."""

from __future__ import annotations

import msgspec

from adplat.domain import NativeAsset, NativeForm, NativePart, Size
from adplat.openrtb.decoding import decode_part, unquoted
from adplat.openrtb.imps import Native
from adplat.openrtb.parts import Part

# Section 7.4, data asset types, and 7.5, image asset types (2 was a logo until 1.1, and is read as the icon it became).
_DATA_PARTS = {
    1: NativePart.SPONSOR,
    2: NativePart.DESCRIPTION,
    11: NativePart.DISPLAY_URL,
    12: NativePart.CALL_TO_ACTION,
}
_IMAGE_PARTS = {1: NativePart.ICON, 2: NativePart.ICON, 3: NativePart.MAIN_IMAGE}
_IMPRESSION, _PIXEL = 1, 1  # section 7.6, event types; 7.7, ways of tracking


class _Title(Part):
    len: int | None = None


class _Image(Part):
    type: int | None = None
    w: int | None = None
    wmin: int | None = None
    h: int | None = None
    hmin: int | None = None


class _Data(Part):
    type: int | None = None
    len: int | None = None


class _Asset(Part):
    binding = frozenset({"id", "required", "title", "img", "data"})

    id: int
    required: int | None = None
    title: _Title | None = None
    img: _Image | None = None
    data: _Data | None = None


class _Tracker(Part):
    event: int | None = None
    methods: tuple[int, ...] | None = None


class _NativeRequest(Part):
    binding = frozenset({"assets"})

    assets: tuple[_Asset, ...] | None = None
    eventtrackers: tuple[_Tracker, ...] | None = None
    native: msgspec.Raw = msgspec.Raw()


def native_form_of(native: Native, path: str) -> NativeForm | None:
    """What ``native`` asks for; ``None`` when it asks for nothing, or for something that we never have.

    Raises:
        TableRejected: the request inside is no JSON object, or an asset has no id.
    """
    here = f"{path}.request"
    body: bytes | msgspec.Raw = native.request
    if bytes(body).startswith(b'"'):
        body = unquoted(native.request, here)
    if not body or body == msgspec.Raw(b"null"):
        return None
    asked = decode_part(body, _NativeRequest, here)
    is_wrapped = bytes(asked.native).startswith(b"{")
    if is_wrapped:
        asked = decode_part(asked.native, _NativeRequest, f"{here}.native")
    assets = tuple(_asset(told) for told in asked.assets or ())
    if not assets or any(asset.is_required and asset.part is NativePart.OTHER for asset in assets):
        return None
    return NativeForm(
        assets=assets,
        takes_event_pixels=any(
            tracker.event == _IMPRESSION and _PIXEL in (tracker.methods or ()) for tracker in asked.eventtrackers or ()
        ),
        is_wrapped=is_wrapped,
    )


def _asset(told: _Asset) -> NativeAsset:
    part, max_chars, size, min_size = NativePart.OTHER, None, None, None
    if told.title is not None:
        part, max_chars = NativePart.TITLE, told.title.len
    elif told.img is not None:
        part = _IMAGE_PARTS.get(told.img.type or 0, NativePart.OTHER)
        if told.img.w and told.img.h:
            size = Size(told.img.w, told.img.h)
        elif told.img.wmin or told.img.hmin:
            min_size = Size(told.img.wmin or 0, told.img.hmin or 0)
    elif told.data is not None:
        part, max_chars = _DATA_PARTS.get(told.data.type or 0, NativePart.OTHER), told.data.len
    return NativeAsset(told.id, part, told.required == 1, max_chars, size, min_size)
