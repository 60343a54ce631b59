"""What the seller shows when we win: HTML for a banner, JSON (OpenRTB Native 1.2, section 5) for a native ad.

Words and addresses of an advertiser are escaped and hold no macro that an exchange would fill in.
"""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from adplat.domain import ConfigRejected, Copy, NativeAsset, NativeForm, NativePart, Size
from adplat.openrtb.macros import without_macros

_VERSION = "1.2"
_IMPRESSION, _PIXEL = 1, 1  # native 1.2, sections 7.6 and 7.7


def is_web_address(url: str) -> bool:
    """Whether this is a whole http or https address."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return is_address and all(letter.isprintable() and letter != " " for letter in url)


def web_address(url: str, where: str) -> str:
    """``url``, checked and with no macro in it.

    Raises:
        ConfigRejected: it is no http or https address.
    """
    if not is_web_address(url):
        raise ConfigRejected("an address is none of the web", where=where, hint="give an http or https URL, encoded")
    return url.replace("${", "%24{")


def banner_markup(
    *, image_url: str, size: Size, headline: str, click_url: str, impression_url: str = "", click_macro: str = ""
) -> str:
    """A picture that leads to ``click_url`` and a pixel that tells of its showing.

    ``click_macro`` is the exchange's own, such as ``${CLICK_URL}`` (OpenRTB 2.6 has none): it becomes the beginning of
    an address of the exchange, and the encoded ``click_url`` its end.
    """
    href = click_macro + quote(click_url, safe="") if click_macro else click_url
    pixel = f'<img src="{escape(impression_url)}" width="1" height="1" alt="" style="display:none">'
    return (
        f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer">'
        f'<img src="{escape(image_url)}" width="{size.width_px}" height="{size.height_px}"'
        f' alt="{escape(without_macros(headline))}" style="border:0"></a>{pixel if impression_url else ""}'
    )


def unfilled_assets(form: NativeForm, copy: Copy, image_size: Size, advertiser_domain: str) -> tuple[NativeAsset, ...]:
    """What ``form`` requires and this ad has not, or has too long or of another size; empty where it may be shown."""
    return tuple(
        asset
        for asset in form.assets
        if asset.is_required and _filled(asset, copy, "", image_size, advertiser_domain) is None
    )


def native_markup(
    form: NativeForm,
    copy: Copy,
    *,
    image_url: str,
    image_size: Size,
    advertiser_domain: str,
    click_url: str,
    impression_url: str = "",
) -> str:
    """The parts that ``form`` asks for, each under its id; optional parts that do not fit are left out.

    Raises:
        ConfigRejected: a required part does not fit (``unfilled_assets`` tells beforehand).
    """
    missing = unfilled_assets(form, copy, image_size, advertiser_domain)
    if missing:
        raise ConfigRejected(
            f"a native ad has no fitting {missing[0].part}", where="native", hint="ask unfilled_assets before bidding"
        )
    filled = (_filled(asset, copy, image_url, image_size, advertiser_domain) for asset in form.assets)
    native: dict[str, Any] = {
        "ver": _VERSION,
        "link": {"url": click_url},
        "assets": [part for part in filled if part is not None],
    }
    if impression_url and form.takes_event_pixels:
        native["eventtrackers"] = [{"event": _IMPRESSION, "method": _PIXEL, "url": impression_url}]
    elif impression_url:
        native["imptrackers"] = [impression_url]
    return msgspec.json.encode({"native": native} if form.is_wrapped else native).decode()


def _filled(
    asset: NativeAsset, copy: Copy, image_url: str, image_size: Size, advertiser_domain: str
) -> dict[str, Any] | None:
    if asset.part in (NativePart.MAIN_IMAGE, NativePart.ICON):
        # There is one picture; it stands in for an icon only where there must be one.
        if not _fits(asset, image_size) or (asset.part is NativePart.ICON and not asset.is_required):
            return None
        return {"id": asset.asset_id, "img": {"url": image_url, "w": image_size.width_px, "h": image_size.height_px}}
    words = {
        NativePart.TITLE: copy.headline,
        NativePart.DESCRIPTION: copy.body,
        NativePart.CALL_TO_ACTION: copy.cta,
        NativePart.SPONSOR: advertiser_domain,
        NativePart.DISPLAY_URL: advertiser_domain,
    }.get(asset.part)
    if not words or (asset.max_chars is not None and len(without_macros(words)) > asset.max_chars):
        return None
    if asset.part is NativePart.TITLE:
        return {"id": asset.asset_id, "title": {"text": without_macros(words)}}
    return {"id": asset.asset_id, "data": {"value": without_macros(words)}}


def _fits(asset: NativeAsset, size: Size) -> bool:
    if asset.size is not None:
        return size == asset.size
    least = asset.min_size or Size(0, 0)
    return size.width_px >= least.width_px and size.height_px >= least.height_px
