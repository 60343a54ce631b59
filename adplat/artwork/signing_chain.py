"""The certificates that drafts are signed with: a chain of our own, or the operator's.

C2PA asks of a signer's certificate that it is no authority, may make digital signatures, has a purpose such as e-mail
protection, and names its issuer's key (C2PA 2.1, 14.5.1). ECDSA over P-256 with SHA-256 is its ``ES256``.

A chain of our own says who signed and shows what was changed since. It cannot say that anybody vouches for the signer:
those who read it see *untrusted*, until they are given its root or the operator gives a certificate that they know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.domain import ConfigRejected

_HOLDS_FOR = timedelta(days=3650)
_CERTIFICATE, _KEY = b"CERTIFICATE-----", b"PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class SigningChain:
    """Certificates (PEM, the signer's first) and the signer's key (PEM); ``timestamp_url`` of an RFC 3161 authority."""

    certificates: bytes
    key: bytes
    timestamp_url: str = ""

    @property
    def root(self) -> bytes:
        """The last certificate: what others must trust to trust the signer."""
        return _blocks(self.certificates)[-1]


def made_chain(now: datetime, organisation: str = "adplat workspace") -> bytes:
    """A new key with its certificate and that of its issuer, in one PEM file; the issuer's own key is thrown away."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(common: str) -> x509.Name:
        told = ((NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in told])

    def usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
        return x509.KeyUsage(signs, False, False, False, False, issues, issues, False, False)

    def begun(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(issuer_name=name("root of drafts"), subject_name=subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        # An hour earlier: clocks differ, and a certificate that does not hold yet is none.
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + _HOLDS_FOR)
        return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)

    issuer, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer_of = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    root = (
        begun(name("root of drafts"), issuer)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs=False, issues=True), critical=True)
        .add_extension(issuer_of, critical=False)
        .sign(issuer, hashes.SHA256())
    )
    leaf = (
        begun(name("signer of drafts"), signer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs=True, issues=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(issuer_of, critical=False)
        .sign(issuer, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = signer.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key + leaf.public_bytes(pem) + root.public_bytes(pem)


def read_chain(pem: bytes, where: str, timestamp_url: str = "") -> SigningChain:
    """A chain from the PEM of a key (P-256) and its certificates, the signer's first. Raises ConfigRejected."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    blocks = _blocks(pem)
    keys = [block for block in blocks if _KEY in block]
    certificates = [block for block in blocks if _CERTIFICATE in block]
    if len(keys) != 1 or not certificates:
        raise _unfit(where, f"{len(keys)} keys and {len(certificates)} certificates are in it, not one and some")
    try:
        key = serialization.load_pem_private_key(keys[0], password=None)
        leaf = x509.load_pem_x509_certificate(certificates[0])
    except (ValueError, TypeError) as reason:
        raise _unfit(where, f"it cannot be read: {reason}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unfit(where, "its key is not of the curve P-256")
    if leaf.public_key() != key.public_key():
        raise _unfit(where, "the first certificate is not that of the key")
    return SigningChain(b"".join(certificates), keys[0], timestamp_url)


def _blocks(pem: bytes) -> list[bytes]:
    blocks, begun = [], b""
    for line in pem.splitlines(keepends=True):
        begun = line if line.startswith(b"-----BEGIN") else begun + line if begun else b""
        if line.startswith(b"-----END") and begun:
            blocks.append(begun if begun.endswith(b"\n") else begun + b"\n")
            begun = b""
    return blocks


def _unfit(where: str, what: str) -> ConfigRejected:
    return ConfigRejected(
        f"not a key with its certificates: {what}",
        where=where,
        hint="put into one PEM file the signer's P-256 key, its certificate and those of its issuers, in this order",
    )
