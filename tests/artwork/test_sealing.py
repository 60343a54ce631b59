"""Seals: read back as put on, worth what their root is worth, broken by one byte, and of a known weight."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from adplat.artwork import (
    Claims,
    SealState,
    SigningChain,
    SourceType,
    encode_under,
    made_chain,
    media_type_of,
    read_chain,
    read_seal,
    seal,
    seal_bytes,
    source_code_in,
    xmp_of,
)
from adplat.domain import ConfigRejected

from .test_encoding import LIMIT, noise

NOW = datetime.now(UTC)
CLAIMS = Claims("banner", SourceType.COMPOSITE, {"draft_id": "d1", "makings": [{"by": "procedural", "seed": 7}]})


@pytest.fixture(scope="module")
def chain() -> SigningChain:
    return read_chain(made_chain(NOW), "chain.pem")


def a_file(kind: str = "jpeg", width: int = 300, height: int = 250) -> bytes:
    limit = replace(LIMIT, formats=(kind,), most_bytes=None)
    return encode_under(noise(width, height), limit, 0, xmp_of(SourceType.COMPOSITE))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_seal_is_read_back_and_leaves_picture_and_mark_as_they_were(kind: str, chain: SigningChain) -> None:
    content = a_file(kind)
    sealed = seal(content, CLAIMS, chain)
    assert media_type_of(sealed) == f"image/{kind}"
    before, after = (Image.open(io.BytesIO(one)).convert("RGB") for one in (content, sealed))
    assert after.tobytes() == before.tobytes()
    assert source_code_in(sealed) == "composite"
    found = read_seal(sealed)
    assert (found.state, found.signer, found.source_code) == (SealState.UNTRUSTED, "adplat workspace", "composite")
    assert found.claims == CLAIMS.told
    assert found.why == ("signingCredential.untrusted",)


def test_it_is_valid_to_one_who_trusts_the_root(chain: SigningChain) -> None:
    sealed = seal(a_file(), CLAIMS, chain)
    assert read_seal(sealed, chain.root).state is SealState.VALID
    other = read_chain(made_chain(NOW), "other")
    assert read_seal(sealed, other.root).state is SealState.UNTRUSTED


def test_one_changed_byte_breaks_it(chain: SigningChain) -> None:
    sealed = bytearray(seal(a_file("jpeg"), CLAIMS, chain))
    sealed[-1000] ^= 1
    found = read_seal(bytes(sealed), chain.root)
    assert found.state is SealState.TAMPERED and "assertion.dataHash.mismatch" in found.why


def test_saved_again_it_is_gone(chain: SigningChain) -> None:
    again = io.BytesIO()
    Image.open(io.BytesIO(seal(a_file(), CLAIMS, chain))).save(again, "JPEG")
    assert read_seal(again.getvalue()).state is SealState.ABSENT


def test_what_has_none_or_is_no_picture_has_none() -> None:
    assert read_seal(a_file()).state is SealState.ABSENT
    assert read_seal(b"no picture").state is SealState.ABSENT


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_its_weight_is_known_before_and_the_same_at_every_size(kind: str, chain: SigningChain) -> None:
    told = seal_bytes(f"image/{kind}", CLAIMS, chain)
    for width, height in ((320, 50), (301, 251), (1200, 628)):
        content = a_file(kind, width, height)
        grown = len(seal(content, CLAIMS, chain)) - len(content)
        assert abs(grown - told) <= 16, "where numbers of more digits or an odd length take a few bytes more"
    assert 2_000 < told < 6_000


def test_a_chain_is_kept_as_one_file_and_refused_where_it_does_not_fit() -> None:
    made, other = made_chain(NOW), made_chain(NOW)
    key, certificates = made.split(b"-----BEGIN CERTIFICATE", 1)[0], made[made.index(b"-----BEGIN CERTIFICATE") :]
    assert read_chain(certificates + key, "x") == read_chain(made, "x")
    others_key = other.split(b"-----BEGIN CERTIFICATE", 1)[0]
    for pem, what in (
        (certificates, "0 keys"),
        (key, "0 certificates"),
        (others_key + certificates, "not that of the key"),
        (key.replace(b"M", b"Z") + certificates, "cannot be read"),
        (b"", "0 keys"),
    ):
        with pytest.raises(ConfigRejected, match=what):
            read_chain(pem, "chain.pem")


def test_an_expired_certificate_seals_nothing() -> None:
    old = read_chain(made_chain(NOW - timedelta(days=4000)), "old")
    with pytest.raises(ConfigRejected, match="not valid at time of signing"):
        seal(a_file(), CLAIMS, old)
