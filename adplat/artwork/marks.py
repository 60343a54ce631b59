"""What a picture says of how it came to be: the IPTC Digital Source Type, in XMP.

The codes are those of https://cv.iptc.org/newscodes/digitalsourcetype (release of 2024-10-23, read 2026-11-26). Only
what a *trained* model made is called so: grounds drawn by a formula are no such thing, and a photograph of a product on
one is a plain composite.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from enum import StrEnum

from PIL import Image, UnidentifiedImageError

from adplat.domain.drafts import Making

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" \
Iptc4xmpExt:DigitalSourceType="{address}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
# As an attribute, as an element, or as an element that refers to a resource; with https in some files found.
_TOLD = re.compile(
    rb"DigitalSourceType(?:\s*=\s*[\"']|[^<>]*rdf:resource\s*=\s*[\"']|\s*>)\s*"
    rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{1,64})"
)
_LONGEST_PACKET = 1 << 20


class SourceType(StrEnum):
    """The codes that drafts use, of IPTC's list."""

    TRAINED = "trainedAlgorithmicMedia"  # all of it by a model
    COMPOSITE_WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"  # a real product on a model's ground
    COMPOSITE_SYNTHETIC = "compositeSynthetic"  # some element by a model: words, here
    COMPOSITE = "composite"  # a photograph and drawn things, no model
    ALGORITHMIC = "algorithmicMedia"  # drawn by formulas alone

    @property
    def address(self) -> str:
        """As files carry it."""
        return VOCABULARY + self.value

    @property
    def by_model(self) -> bool:
        """Whether a trained model made some of it."""
        return self not in {SourceType.COMPOSITE, SourceType.ALGORITHMIC}


def source_type_of(ground: Making | None, words: Iterable[Making], *, has_product: bool) -> SourceType:
    """Of a picture with this ground, these words drawn on it, and a product's own pixels or not."""
    if ground is not None and ground.model:
        return SourceType.COMPOSITE_WITH_TRAINED if has_product else SourceType.TRAINED
    if any(making.model for making in words):
        return SourceType.COMPOSITE_SYNTHETIC
    return SourceType.COMPOSITE if has_product else SourceType.ALGORITHMIC


def xmp_of(source_type: SourceType) -> bytes:
    """The packet that says so, in UTF-8."""
    return _PACKET.format(address=source_type.address).encode()


def source_code_in(content: bytes) -> str:
    """The code that a picture's XMP tells, of IPTC's list or not; empty where it tells none or is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            told = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    packet = told.encode() if isinstance(told, str) else bytes(told)
    found = _TOLD.search(packet[:_LONGEST_PACKET])
    return found.group(1).decode() if found else ""
