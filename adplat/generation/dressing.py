"""Colours for laid-out words: those of the scheme where they can be read, others where they cannot, and an area below
where no colour would do. What counts is measured on the pixels under the letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PIL import Image

from adplat.artwork import contrast_over, draw, enough_for, glyph_mask, readable, rgb_of, text_box
from adplat.domain.artwork import Artwork, Box, Element, ElementKind
from adplat.generation.layouts import Laid
from adplat.generation.schemes import Scheme

_SPARE = 1.06  # a little more than the least: files are compressed, which moves colours


def dressed(
    laid: Laid, scheme: Scheme, below: tuple[Element, ...], assets: Mapping[str, Image.Image], size: tuple[int, int]
) -> tuple[Element, ...]:
    """The elements that come over ``below`` (ground, shadow, product): areas and coloured words, lowest first."""
    panel = _panel(laid, scheme)
    canvas = Artwork(*size, (*below, *panel))
    pixels = np.asarray(draw(canvas, assets))
    words: list[Element] = []
    unread: list[Element] = []
    for element in laid.elements:
        on_panel = bool(panel) and element.box.overlap(panel[0].box) > 0.5 * element.box.area
        coloured = _coloured(element, scheme, on_panel, laid.arrangement.panel_is_bold and on_panel)
        if not coloured.text or coloured.fill:
            words.append(coloured)
            continue
        under = pixels[glyph_mask(canvas, coloured)]
        least = _SPARE * enough_for(coloured.font_px, coloured.bold)
        best = readable(_candidates(coloured, scheme), under, least)
        words.append(coloured if best is None else replace(coloured, colour=best))
        if best is None:
            unread.append(coloured)
    if not unread:
        return (*panel, *words)
    return (*panel, *_rescued(words, unread, scheme, size))


def _panel(laid: Laid, scheme: Scheme) -> tuple[Element, ...]:
    box = laid.arrangement.panel
    if box is None:
        return ()
    fill = scheme.button if laid.arrangement.panel_is_bold else scheme.panel
    return (Element("panel", ElementKind.PANEL, box, fill=fill, radius_px=laid.arrangement.panel_radius_px),)


def _coloured(element: Element, scheme: Scheme, on_panel: bool, bold: bool) -> Element:
    if element.kind is ElementKind.CTA:
        fill, ink = (scheme.button_ink, scheme.button) if bold else (scheme.button, scheme.button_ink)
        if on_panel and not bold and contrast_over(rgb_of(fill), np.array([rgb_of(scheme.panel)], np.uint8)) < 1.6:
            fill, ink = scheme.panel_ink, scheme.panel
        return replace(element, fill=fill, colour=ink)
    if bold:
        return replace(element, colour=scheme.button_ink)
    main, soft = (scheme.panel_ink, scheme.panel_soft_ink) if on_panel else (scheme.ink, scheme.soft_ink)
    if element.kind in {ElementKind.BODY, ElementKind.DISCLOSURE}:
        return replace(element, colour=soft)
    if element.kind in {ElementKind.PRICE, ElementKind.LOGO}:
        return replace(element, colour=scheme.accent)
    return replace(element, colour=main)


def _candidates(element: Element, scheme: Scheme) -> tuple[str, ...]:
    return (element.colour, scheme.ink, scheme.panel_ink, "#ffffff", "#16181d")


def _rescued(words: list[Element], unread: list[Element], scheme: Scheme, size: tuple[int, int]) -> tuple[Element, ...]:
    """An area under all words that cannot be read where they are, and those words in its colours."""
    boxes = [text_box(element) for element in unread]
    pad = max(round(0.02 * min(size)), 3)
    left = max(min(box.left for box in boxes) - pad, 0)
    top = max(min(box.top for box in boxes) - pad, 0)
    right = min(max(box.right for box in boxes) + pad, size[0])
    bottom = min(max(box.bottom for box in boxes) + pad, size[1])
    area = Element("panel_words", ElementKind.PANEL, Box(left, top, right - left, bottom - top), fill=scheme.panel)
    ids = {element.element_id for element in unread}
    covered = [
        _coloured(word, scheme, True, False)
        if word.element_id in ids or (word.text and not word.fill and word.box.overlap(area.box) > 0)
        else word
        for word in words
    ]
    ground = np.array([rgb_of(scheme.panel)], np.uint8)
    sure = [
        replace(word, colour=readable(_candidates(word, scheme), ground, 4.6) or scheme.panel_ink)
        if word.element_id in ids
        else word
        for word in covered
    ]
    return (replace(area, radius_px=pad), *sure)
