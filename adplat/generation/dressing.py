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
    return (*panel, *_on_areas(words, {element.element_id for element in unread}, scheme, size))


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


def _on_areas(words: list[Element], unread: set[str], scheme: Scheme, size: tuple[int, int]) -> tuple[Element, ...]:
    """Plain areas under the words that cannot be read where they are, with whatever else stands on them, all in the
    areas' colours. Only neighbours share an area: it must not reach over the product."""
    areas: list[tuple[Box, set[str]]] = []
    for word in words:
        if word.element_id in unread:
            areas.append(_grown(_padded(word, size), {word.element_id}, words, size))
    merged: list[tuple[Box, set[str]]] = []
    for box, ids in areas:
        if not any(ids & others for _, others in merged):
            merged.append((box, ids))
    on_area = set().union(*(ids for _, ids in merged))
    ground = np.array([rgb_of(scheme.panel)], np.uint8)

    def dressed_again(word: Element) -> Element:
        if word.element_id not in on_area or word.fill:
            return word
        plain = _coloured(word, scheme, True, False)
        return replace(plain, colour=readable(_candidates(plain, scheme), ground, 4.6) or scheme.panel_ink)

    panels = (
        Element(
            f"panel_{min(ids)}", ElementKind.PANEL, box, fill=scheme.panel, radius_px=max(round(0.012 * min(size)), 2)
        )
        for box, ids in merged
    )
    return (*panels, *(dressed_again(word) for word in words))


def _grown(box: Box, ids: set[str], words: list[Element], size: tuple[int, int]) -> tuple[Box, set[str]]:
    """The area, and whose words stand on it, made larger until it cuts through none."""
    while True:
        cut = [word for word in words if word.element_id not in ids and _padded(word, size, 0).overlap(box) > 0]
        if not cut:
            return box, ids
        ids = ids | {word.element_id for word in cut}
        box = _union([box, *(_padded(word, size) for word in cut)])


def _padded(word: Element, size: tuple[int, int], pad: int | None = None) -> Box:
    """Where a word stands, with a little room round it, inside the canvas."""
    box = word.box if word.fill or not word.text else text_box(word)
    room = max(round(0.12 * word.font_px), 2) if pad is None else pad
    left, top = max(box.left - 2 * room, 0), max(box.top - room, 0)
    return Box(left, top, min(box.right + 2 * room, size[0]) - left, min(box.bottom + room, size[1]) - top)


def _union(boxes: list[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
