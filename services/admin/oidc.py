"""Signing in elsewhere: this admin as a relying party of OpenID Connect (authorization code with PKCE).

What a provider says is believed when its signature is by a key that its issuer publishes, with an algorithm of two keys
(never ``none``, never a shared secret), for this client, from this issuer, for this very try, and not too old. Between
leaving and coming back nothing is kept here: state, nonce and verifier follow from one secret in the browser's cookie,
so that a code which somebody else began cannot be ended in this browser, nor the other way round.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from adplat.bootstrap import Settings
from adplat.domain import AdplatError, ConfigRejected, SignInRefused
from adplat.flows.sign_in_elsewhere import ClaimRules, membership_from

log = logging.getLogger(__name__)
CALLBACK = "/sign-in/back"
LASTS_S = 600
_KEPT_S, _KEYS_EVERY_S, _SILENT_S = 3600.0, 30.0, 10.0
_AT_ONCE = 8
_LEEWAY_S = 60
_TIMEOUT_S = 5.0
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_KINDS_OF_KEYS = frozenset({"RSA", "EC", "OKP"})
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the provider knows of us; ``back_url`` is where it sends browsers back. No secret: a public client."""

    issuer: str
    client_id: str
    client_secret: str
    back_url: str
    scopes: str
    name: str
    rules: ClaimRules


@dataclass(slots=True)
class _Kept:
    """What was fetched, and when."""

    document: dict[str, Any]
    at_s: float


class RelyingParty:
    """One provider. Safe to share between threads; its words are fetched when they are needed, and kept an hour."""

    def __init__(self, client: OidcClient) -> None:
        self.client = client
        self._lock = threading.Lock()
        self._metadata: _Kept | None = None
        self._keys: _Kept | None = None
        self._silent_since_s = float("-inf")
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def begin(self, now_s: float) -> tuple[str, str]:
        """What the cookie keeps, and where the browser goes. Raises SignInRefused."""
        kept = f"{secrets.token_urlsafe(32)}.{int(now_s)}"
        endpoint = self._endpoint("authorization_endpoint")
        with self._session() as session:
            url, _ = session.create_authorization_url(
                endpoint, _drawn(kept, "state"), code_verifier=_drawn(kept, "verifier"), nonce=_drawn(kept, "nonce")
            )
        return kept, str(url)

    def end(self, kept: str, told: Mapping[str, str], now_s: float) -> dict[str, Any]:
        """The claims of who came back with ``told`` (the query) and the cookie. Raises SignInRefused."""
        begun = kept.rpartition(".")[2]
        if not (begun.isascii() and begun.isdigit() and len(begun) < 12 and 0 <= now_s - int(begun) <= LASTS_S):
            raise _refused("it was not begun in this browser, or too long ago")
        if not hmac.compare_digest(_drawn(kept, "state").encode(), told.get("state", "").encode()):
            raise _refused("it was not begun in this browser, or too long ago")
        if told.get("iss", self.client.issuer) != self.client.issuer:  # RFC 9207
            raise _refused("another provider answered")
        if "error" in told or not 0 < len(told.get("code", "")) <= _LONGEST:
            raise _refused("the provider refused")
        if not self._places.acquire(blocking=False):
            raise _refused("too many come at once")
        try:
            return self._claims(kept, told["code"], now_s)
        except AdplatError:
            raise
        except Exception as error:
            # Whatever a provider answers: its words may hold secrets and are not told.
            log.warning("signing in by %s failed: %s", self.client.issuer, type(error).__name__, exc_info=error)
            raise _refused("the provider's answer does not hold") from error
        finally:
            self._places.release()

    def sign_out_url(self, back: str) -> str:
        """Where one signs out there too; empty where the provider has no such address, or does not answer."""
        try:
            endpoint = self._endpoint("end_session_endpoint")
        except SignInRefused:
            return ""
        asked = urlencode({"client_id": self.client.client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{asked}"

    def _claims(self, kept: str, code: str, now_s: float) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken

        token_endpoint = self._endpoint("token_endpoint")
        with self._session() as session:
            token = session.fetch_token(
                token_endpoint, code=code, code_verifier=_drawn(kept, "verifier"), grant_type="authorization_code"
            )
            header, body = self._decoded(str(token["id_token"]))
            options: Any = {
                "iss": {"essential": True, "value": self.client.issuer},
                "aud": {"essential": True, "value": self.client.client_id},
            }
            params = {
                "nonce": _drawn(kept, "nonce"),
                "client_id": self.client.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(body, header, options, params)
            claims.validate(now=int(now_s), leeway=_LEEWAY_S)
            told = dict(claims)
            if not isinstance(told["sub"], str) or not told["sub"]:
                raise ValueError("sub")
            wanted = {self.client.rules.person, self.client.rules.groups} - {""}
            if not wanted <= told.keys() and self._known().get("userinfo_endpoint"):
                more = _document(session.get(self._endpoint("userinfo_endpoint")))
                if more.get("sub") != told["sub"]:
                    raise ValueError("sub of userinfo")
                told = more | told
        return told

    def _decoded(self, id_token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        told = self._known().get("id_token_signing_alg_values_supported")
        allowed = [one for one in _ALGORITHMS if not isinstance(told, list) or one in told]
        registry = JWSRegistry(algorithms=allowed, strict_check_header=False)

        def decoded(*, anew: bool) -> tuple[dict[str, Any], dict[str, Any]]:
            keys = [one for one in self._published(anew=anew) if one.get("kty") in _KINDS_OF_KEYS]
            found = jwt.decode(id_token, KeySet.import_key_set({"keys": keys}), registry=registry)
            return dict(found.header), dict(found.claims)

        try:
            return decoded(anew=False)
        except (JoseError, ValueError):
            return decoded(anew=True)  # a provider changes its keys when it likes

    def _session(self) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self.client.client_id,
            self.client.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.client.client_secret else "none",
            scope=self.client.scopes,
            redirect_uri=self.client.back_url,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
        )

    def _endpoint(self, name: str) -> str:
        url = self._known().get(name)
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        if not parts.netloc or parts.scheme not in {"https", urlsplit(self.client.issuer).scheme}:
            raise _refused(f"the provider tells no {name.replace('_', ' ')}")
        return str(url)

    def _known(self) -> dict[str, Any]:
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata.at_s > _KEPT_S:
                found = self._fetched(f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.client.issuer:  # OpenID Connect Discovery 1.0, 4.3
                    raise _refused("another issuer answers at that address")
                self._metadata = _Kept(found, time.monotonic())
            return self._metadata.document

    def _published(self, *, anew: bool) -> list[dict[str, Any]]:
        """Its public keys; ``anew``: fetched again, unless that was a moment ago."""
        url = self._endpoint("jwks_uri")
        with self._lock:
            age_s = float("inf") if self._keys is None else time.monotonic() - self._keys.at_s
            if self._keys is None or age_s > (_KEYS_EVERY_S if anew else _KEPT_S):
                self._keys = _Kept(self._fetched(url), time.monotonic())
            keys = self._keys.document.get("keys")
            return [one for one in keys if isinstance(one, dict)] if isinstance(keys, list) else []

    def _fetched(self, url: str) -> dict[str, Any]:
        """Held by the lock; a provider that did not answer is not asked again at once, lest all wait for it."""
        import httpx

        if time.monotonic() - self._silent_since_s < _SILENT_S:
            raise _refused("the provider does not answer")
        try:
            return _document(httpx.get(url, timeout=_TIMEOUT_S, follow_redirects=False))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._silent_since_s = time.monotonic()
            log.warning("%s does not answer: %s", url, type(error).__name__)
            raise _refused("the provider does not answer") from error


def relying_party(settings: Settings, site: str) -> RelyingParty | None:
    """As the settings say; ``None``: nobody signs in elsewhere. Raises ConfigRejected."""
    issuer = settings.oidc_issuer
    if not issuer:
        return None
    parts = urlsplit(issuer)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.netloc or parts.scheme not in ({"https", "http"} if local else {"https"}) or parts.query:
        raise ConfigRejected(
            f"{issuer!r} is no issuer", where="ADPLAT_OIDC_ISSUER", hint="give it as https://id.example.com"
        )
    if not settings.oidc_client_id:
        raise ConfigRejected(
            "the provider does not know who asks", where="ADPLAT_OIDC_CLIENT_ID", hint="set what the provider gave"
        )
    members = {group: membership_from(told) for group, told in settings.oidc_groups.items()}
    if bool(members) != bool(settings.oidc_groups_claim):
        raise ConfigRejected(
            "a claim of groups and what groups are here go together",
            where="ADPLAT_OIDC_GROUPS_CLAIM",
            hint='set both, such as groups and {"adplat-admins": "admin"}, or neither',
        )
    return RelyingParty(
        OidcClient(
            issuer=issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.strip(),
            back_url=site.rstrip("/") + CALLBACK,
            scopes=settings.oidc_scopes,
            name=settings.oidc_name or parts.hostname or issuer,
            rules=ClaimRules(settings.oidc_claim, settings.oidc_groups_claim, members),
        )
    )


def _drawn(kept: str, word: str) -> str:
    """State, nonce and verifier of one try: HMAC-SHA-256 under what the cookie keeps; 43 letters (RFC 7636, 4.1)."""
    digest = hmac.new(kept.encode("utf-8", "surrogatepass"), word.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _document(answer: Any) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    if answer.status_code != 200:
        raise ValueError(str(answer.status_code))
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - one kind for all that is wrong with an answer
    return found


def _refused(why: str) -> SignInRefused:
    what = f"signing in elsewhere did not work, {why}"
    return SignInRefused(what, where="sign in", hint="try again, or ask an admin")
