"""A picture sealed: a C2PA manifest says what it is made of, signed over every byte. The last thing done to a file.

Saving a sealed picture again loses the seal, and changing a byte breaks it; that is what it is for. The library embeds
a preview of the picture by default, which for a banner weighs more than the picture; here there is none, and the seal
takes some kilobytes, the same for every picture (``seal_bytes`` measures it).
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from PIL import Image

from adplat import __version__
from adplat.artwork.encoding import media_type_of
from adplat.artwork.marks import SourceType
from adplat.artwork.signing_chain import SigningChain
from adplat.domain import ConfigRejected, MissingInput

CLAIMS = "org.adplat.draft"


class SealState(StrEnum):
    """What a file's seal is worth to whoever reads it."""

    ABSENT = "absent"  # none, or of a kind that is not known
    VALID = "valid"  # unchanged, by a signer whose root is trusted
    UNTRUSTED = "untrusted"  # unchanged, by a signer whom nobody vouches for
    TAMPERED = "tampered"  # the file or the seal was changed since


@dataclass(frozen=True, slots=True)
class Seal:
    """What was found in a file; ``claims`` is what we put in, empty for a seal of others."""

    state: SealState
    signer: str = ""
    source_code: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a seal tells of a picture; ``told`` is plain data, and every byte of it weighs in every file."""

    title: str
    source_type: SourceType
    told: Mapping[str, Any]


def seal(content: bytes, claims: Claims, chain: SigningChain) -> bytes:
    """The file with its seal. Raises ConfigRejected for a chain that C2PA does not take, and for a file it cannot."""
    c2pa = _library()
    kind = media_type_of(content)
    manifest = {
        "claim_generator_info": [{"name": "adplat", "version": __version__}],
        "title": claims.title,
        "format": kind,
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": claims.source_type.address}]},
            },
            {"label": CLAIMS, "data": dict(claims.told)},
        ],
    }
    how = {"builder": {"thumbnail": {"enabled": False}}, "verify": {"verify_after_sign": False}}
    sealed = io.BytesIO()
    try:
        authority = chain.timestamp_url.encode() or None
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain.certificates, chain.key, authority))
        with c2pa.Context(c2pa.Settings.from_dict(how)) as context, c2pa.Builder(manifest, context) as builder:
            builder.sign(signer, kind, io.BytesIO(content), sealed)
    except c2pa.C2paError as reason:
        raise ConfigRejected(
            f"the picture cannot be sealed: {reason}",
            where=claims.title,
            hint="see whether the certificates are what C2PA asks for, and whether the timestamp authority answers",
        ) from None
    return sealed.getvalue()


def seal_bytes(media_type: str, claims: Claims, chain: SigningChain) -> int:
    """By how much a file of this type grows: found by sealing a tiny one. Raises as ``seal``."""
    tiny = _tiny(media_type)
    return len(seal(tiny, claims, chain)) - len(tiny)


def read_seal(content: bytes, anchors: bytes = b"") -> Seal:
    """What the seal of a file is worth; ``anchors`` are root certificates (PEM) that are trusted. Never asks others.

    Raises MissingInput where the library is not installed.
    """
    c2pa = _library()
    how: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}}
    if anchors:
        how["trust"] = {"trust_anchors": anchors.decode()}
    try:
        with (
            c2pa.Context(c2pa.Settings.from_dict(how)) as context,
            c2pa.Reader(media_type_of(content), io.BytesIO(content), context=context) as reader,
        ):
            state, document = reader.get_validation_state(), json.loads(reader.json())
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return Seal(SealState.ABSENT)
    except c2pa.C2paError as reason:
        return Seal(SealState.TAMPERED, why=(str(reason),))
    active = document["manifests"][document["active_manifest"]]
    told = {one["label"]: one["data"] for one in active.get("assertions", ())}
    results = document.get("validation_results", {}).get("activeManifest", {})
    return Seal(
        {"Trusted": SealState.VALID, "Valid": SealState.UNTRUSTED}.get(state, SealState.TAMPERED),
        signer=active.get("signature_info", {}).get("issuer", ""),
        source_code=_source_code(told),
        claims=told.get(CLAIMS, {}),
        why=tuple(one["code"] for one in results.get("failure", ())),
    )


def _source_code(told: Mapping[str, Any]) -> str:
    for label in ("c2pa.actions.v2", "c2pa.actions"):
        for action in told.get(label, {}).get("actions", ()):
            if "digitalSourceType" in action:
                return str(action["digitalSourceType"]).rpartition("/")[2]
    return ""


@cache
def _tiny(media_type: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, media_type.partition("/")[2])
    return file.getvalue()


def _library() -> Any:
    try:
        import c2pa
    except ImportError as reason:
        raise MissingInput(
            "pictures cannot be sealed: the library is not installed", where="c2pa", hint="pip install c2pa-python"
        ) from reason
    return c2pa
