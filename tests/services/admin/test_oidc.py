"""Signing in by an identity provider: a real one, and one that lies in every way that a token can lie.

Between the provider and us stands a door of its own that can change what it says and sign it anew, with keys that it
publishes as the provider's. What PKCE sends is looked at there too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from oidc_provider_mock import User as Known
from oidc_provider_mock import app as provider_app
from werkzeug.test import Client as Asked

from adplat import bootstrap
from adplat.domain import ConfigRejected, Role
from adplat.flows.sign_in_elsewhere import ClaimRules, Membership, membership_from
from services.admin.oidc import OidcClient, RelyingParty, relying_party
from tests.services.admin.admins import WORDS, Admin, Somebody

# The provider stands on an older way of its own library.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
Claims = dict[str, Any]
PEOPLE = [
    Known(sub="1", claims={"email": "mei@tea.example", "email_verified": True, "name": "梅"}),
    Known(sub="2", claims={"email": "root@tea.example", "email_verified": False}),
    Known(sub="3", claims={"email": "Wu@tea.example", "email_verified": True, "name": "Wu", "groups": ["tea", "x"]}),
]


@dataclass
class Provider:
    """The real one behind a door that may lie."""

    url: str = ""
    lie: Callable[[Claims], Claims] = dict
    header: Mapping[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    keys: dict[str, Any] = field(default_factory=lambda: {"k1": RSAKey.generate_key(2048, {"kid": "k1"})})
    published: list[str] = field(default_factory=lambda: ["k1"])
    sent: list[dict[str, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    issuer: str = ""
    claims_by_userinfo: bool = False

    def wsgi(self, real: Any) -> Any:
        def door(environ: dict[str, Any], start: Any) -> Any:
            path = environ["PATH_INFO"]
            self.fetched.append(path)
            if path not in {"/oauth2/token", "/jwks", "/.well-known/openid-configuration"}:
                return real(environ, start)
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            told = Asked(real).open(
                path=path,
                method=environ["REQUEST_METHOD"],
                base_url=self.url,
                data=body,
                headers={
                    "authorization": environ.get("HTTP_AUTHORIZATION", ""),
                    "content-type": environ.get("CONTENT_TYPE", ""),
                },
            )
            content = self.changed(path, json.loads(told.data), body) if told.status_code == 200 else told.data
            start(told.status, [("content-type", "application/json")])
            return [content]

        return door

    def changed(self, path: str, document: dict[str, Any], body: bytes) -> bytes:
        if path == "/jwks":
            document = {"keys": [self.keys[name].as_dict(private=False) for name in self.published]}
        elif path == "/oauth2/token":
            self.sent.append({name: one[0] for name, one in parse_qs(body.decode()).items()})
            payload = document["id_token"].split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            if self.claims_by_userinfo:
                claims = {name: one for name, one in claims.items() if name not in {"email", "email_verified"}}
            document["id_token"] = self.signed(self.lie(claims))
        else:
            document["issuer"] = self.issuer or document["issuer"]
        return json.dumps(document).encode()

    def signed(self, claims: Claims) -> str:
        if self.header["alg"] == "none":
            parts = [json.dumps(one).encode() for one in (dict(self.header), claims)]
            return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."
        key = self.keys[str(self.header["kid"])]
        return jwt.encode(dict(self.header), claims, key, algorithms=[str(self.header["alg"])])


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # of the provider: this machine alone hears it
    made = Provider()
    server = werkzeug.serving.make_server("127.0.0.1", 0, made.wsgi(provider_app(user_claims=PEOPLE)), threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def a_client(provider: Provider, **rules: Any) -> OidcClient:
    told = ClaimRules(**rules)
    scopes = "openid email profile"
    return OidcClient(provider.url, "adplat", "secret", "http://admin/sign-in/back", scopes, "Tea ID", told)


@contextmanager
def by(admin: Admin, provider: Provider, **rules: Any) -> Iterator[Admin]:
    """The same workspace, where people may sign in by the provider."""
    made = Admin(admin.settings, elsewhere=RelyingParty(a_client(provider, **rules)))
    with made.nobody():
        yield made


def left(somebody: Somebody) -> str:
    """The address at the provider to which a browser is sent."""
    return str(somebody.get("/sign-in/elsewhere").headers["location"])


def consented(url: str, sub: str) -> str:
    """The address with which the provider sends back who said yes."""
    told = httpx.post(url, data={"sub": sub}, follow_redirects=False)
    assert told.status_code == 302, told.text
    return told.headers["location"].removeprefix("http://admin")


def come(somebody: Somebody, sub: str = "1") -> Any:
    return somebody.get(consented(left(somebody), sub))


def a_browser(admin: Admin) -> Somebody:
    return Somebody(admin.nobody(), "", {"accept-language": "en"})


def line(answer: Any) -> str:
    """The one line of the sign-in page that says what went wrong."""
    assert answer.status_code in {401, 422}, answer.text
    return str(re.search(r'role="alert">([^<]*)<', answer.text)[1])  # type: ignore[index]


def add(admin: Admin, user_id: str, role: str = "analyst") -> None:
    made = admin.as_("root").post("/v1/users", json={"user_id": user_id, "role": role, "password": WORDS})
    assert made.status_code == 201, made.text


def test_a_person_who_exists_comes_in_and_a_new_session_takes_the_place_of_the_one_before(
    admin: Admin, provider: Provider
) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        assert 'href="/sign-in/elsewhere"' in browser.get("/sign-in").text
        browser.client.cookies.set("adplat", "somebody-else-chose-this")  # a session that is fixed before
        told = come(browser)
        assert (told.status_code, told.headers["location"]) == (303, "/")
        cookies = told.headers.get_list("set-cookie")
        [session] = [one for one in cookies if one.startswith("adplat=")]
        assert "HttpOnly" in session and "SameSite=lax" in session and "somebody-else" not in session
        assert any(one.startswith("adplat-elsewhere=") and "Max-Age=0" in one for one in cookies)
        who = browser.get("/v1/session").json()
        assert (who["user_id"], who["role"]) == ("mei@tea.example", "analyst")
        [entry] = (
            admin.as_("root")
            .get("/v1/audit", params={"filter": ["action=sign in", "actor=mei@tea.example"]})
            .json()["items"]
        )
        assert entry["detail"]["by"] == "identity provider"
        browser.token = who["form_token"]
        out = browser.post("/sign-out", data={"form_token": browser.token})
        assert out.headers["location"] == "/sign-in?out=yes"
        page = browser.get("/sign-in?out=yes").text
        assert f'href="{provider.url}/oauth2/end_session?client_id=adplat' in page


def test_the_code_is_bound_to_the_browser_by_pkce_state_and_nonce(admin: Admin, provider: Provider) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        url = left(browser)
        asked = {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert asked["redirect_uri"] == "http://admin/sign-in/back" and {"state", "nonce"} <= asked.keys()
        assert browser.get(consented(url, "1")).headers["location"] == "/"
        verifier = provider.sent[-1]["code_verifier"]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        assert digest == asked["code_challenge"]
        again = parse_qs(urlsplit(left(browser)).query)
        assert again["state"][0] != asked["state"] and again["nonce"][0] != asked["nonce"]


def test_a_state_that_is_not_of_this_browser_is_refused(admin: Admin, provider: Provider) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        victim, attacker = a_browser(site), a_browser(site)
        back = consented(left(attacker), "1")  # the attacker's own code, which the victim is made to follow
        assert "not begun in this browser" in line(victim.get(back))
        left(victim)
        assert "not begun in this browser" in line(victim.get(back))
        left(victim)
        assert "not begun in this browser" in line(victim.get("/sign-in/back?code=x"))
        assert victim.get("/v1/session").status_code == 401
        assert attacker.get(back).status_code == 303


def test_a_code_opens_once_and_a_try_lasts_ten_minutes(admin: Admin, provider: Provider) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        left_for = left(browser)
        kept = browser.client.cookies.get("adplat-elsewhere")
        back = consented(left_for, "1")
        assert browser.get(back).status_code == 303
        assert "not begun in this browser" in line(browser.get(back))  # the cookie is gone
        again = {"cookie": f"adplat-elsewhere={kept}"}
        told = site.nobody().get(back, headers=again, follow_redirects=False)
        assert "does not hold" in line(told)  # the provider knows the code no more
    party = RelyingParty(a_client(provider))
    now = time.time()
    kept, url = party.begin(now)
    answer = {name: one[0] for name, one in parse_qs(urlsplit(consented(url, "1")).query).items()}
    for late in (now + 601.0, now - 2.0):
        with pytest.raises(Exception, match="too long ago"):
            party.end(kept, answer, late)
    assert party.end(kept, answer, now + 1.0)["email"] == "mei@tea.example"


LIES: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda told: told | {"nonce": "x" * 43},
    "no nonce": lambda told: {name: one for name, one in told.items() if name != "nonce"},
    "another audience": lambda told: told | {"aud": ["somebody-else"]},
    "another audience, for us": lambda told: told | {"aud": ["somebody-else"], "azp": "adplat"},
    "an audience beside, for another party": lambda told: told | {"aud": ["adplat", "other"], "azp": "other"},
    "another issuer": lambda told: told | {"iss": "https://evil.example"},
    "expired": lambda told: told | {"exp": int(time.time()) - 61},
    "no end": lambda told: {name: one for name, one in told.items() if name != "exp"},
    "of tomorrow": lambda told: told | {"iat": int(time.time()) + 86_400},
    "not yet": lambda told: told | {"nbf": int(time.time()) + 3_600},
    "nobody": lambda told: told | {"sub": ""},
    "another access token": lambda told: told | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_token_that_lies_opens_nothing(admin: Admin, provider: Provider, lie: str) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        assert come(browser).status_code == 303  # and opens where it does not lie
        provider.lie = LIES[lie]
        other = a_browser(site)
        assert "does not hold" in line(come(other))
        assert other.get("/v1/session").status_code == 401


def test_a_clock_that_is_a_minute_off_is_borne(admin: Admin, provider: Provider) -> None:
    add(admin, "mei@tea.example")
    provider.lie = lambda told: told | {"exp": int(time.time()) - 30, "iat": int(time.time()) + 30}
    with by(admin, provider) as site:
        assert come(a_browser(site)).status_code == 303


@pytest.mark.parametrize("header", ["none", "HS256", "stranger", "unpublished"])
def test_a_signature_that_proves_nothing_opens_nothing(admin: Admin, provider: Provider, header: str) -> None:
    add(admin, "mei@tea.example")
    public = json.dumps(provider.keys["k1"].as_dict(private=False))
    provider.keys["shared"] = OctKey.import_key(public.ljust(64))  # the public key taken for a shared secret
    provider.keys["k1, of a stranger"] = RSAKey.generate_key(2048)
    provider.header = {
        "none": {"alg": "none", "kid": "k1"},
        "HS256": {"alg": "HS256", "kid": "shared"},
        "stranger": {"alg": "RS256", "kid": "k1, of a stranger"},
        "unpublished": {"alg": "RS256", "kid": "k1, of a stranger"},
    }[header]
    if header == "stranger":  # under the name of a key that is published
        sign = provider.signed
        stranger = provider.keys["k1, of a stranger"]
        provider.signed = lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, stranger)  # type: ignore[method-assign]
        assert sign
    with by(admin, provider) as site:
        assert "does not hold" in line(come(a_browser(site)))


def test_keys_that_the_provider_changes_are_fetched_again_and_not_at_every_lie(
    admin: Admin, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(admin, "mei@tea.example")
    now = [time.monotonic()]
    monkeypatch.setattr("services.admin.oidc.time.monotonic", lambda: now[0])
    with by(admin, provider) as site:
        assert come(a_browser(site)).status_code == 303
        provider.keys["k2"] = RSAKey.generate_key(2048, {"kid": "k2"})
        provider.published, provider.header = ["k2"], {"alg": "RS256", "kid": "k2"}
        now[0] += 31.0
        assert come(a_browser(site)).status_code == 303
        assert provider.fetched.count("/jwks") == 2
        provider.header = {"alg": "RS256", "kid": "k1"}  # the old one, which is no longer published
        for _ in range(3):
            assert "does not hold" in line(come(a_browser(site)))
        assert provider.fetched.count("/jwks") == 2


def test_another_issuer_behind_the_address_and_one_that_is_silent_are_refused(admin: Admin, provider: Provider) -> None:
    provider.issuer = "https://evil.example"
    with by(admin, provider) as site:
        assert "another issuer" in line(a_browser(site).get("/sign-in/elsewhere"))
    silent = replace(a_client(provider), issuer="http://127.0.0.1:9")
    made = Admin(admin.settings, elsewhere=RelyingParty(silent))
    with made.nobody():
        assert "does not answer" in line(a_browser(made).get("/sign-in/elsewhere"))
        assert a_browser(made).get("/sign-in?out=yes").status_code == 200
        assert "does not answer" not in a_browser(made).get("/sign-in").text


def test_an_answer_of_another_issuer_or_an_error_is_refused_and_said_in_our_words(
    admin: Admin, provider: Provider
) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        back = consented(left(browser), "1")
        assert "another provider answered" in line(browser.get(f"{back}&iss=https%3A%2F%2Fevil.example"))
        state = parse_qs(urlsplit(left(browser)).query)["state"][0]
        told = browser.get(f"/sign-in/back?error=<b>x</b>&error_description=pay+here&state={state}")
        assert "the provider refused" in line(told) and "pay here" not in told.text and "<b>x" not in told.text


def test_an_address_that_is_not_verified_names_nobody_and_so_does_a_stranger(admin: Admin, provider: Provider) -> None:
    add(admin, "root@tea.example", "admin")
    with by(admin, provider) as site:
        assert "not verified" in line(come(a_browser(site), "2"))
        assert "may not sign in here" in line(come(a_browser(site), "3"))
    with by(admin, provider, person="preferred_username") as site:
        assert "tells no preferred_username" in line(come(a_browser(site)))


def test_who_is_disabled_stays_out_and_hears_what_a_stranger_hears(admin: Admin, provider: Provider) -> None:
    add(admin, "mei@tea.example")
    root = admin.as_("root")
    with by(admin, provider) as site:
        stranger = line(come(a_browser(site), "3"))
        root.patch("/v1/users/mei@tea.example", json={"disabled": True}, headers={"if-match": "*"})
        assert line(come(a_browser(site))) == stranger
    with by(admin, provider, groups="groups", members={"tea": Membership(Role.ANALYST)}) as site:
        provider.lie = lambda told: told | {"groups": "tea"}
        assert line(come(a_browser(site))) == stranger


def test_groups_make_people_and_change_them_at_every_coming(admin: Admin, provider: Provider) -> None:
    members = {
        "ops": Membership(Role.OPERATOR),
        "tea": Membership(Role.ADVERTISER, frozenset({"a1"})),
        "ink": Membership(Role.ADVERTISER, frozenset({"a2"})),
    }
    with by(admin, provider, groups="groups", members=members) as site:
        browser = a_browser(site)
        assert come(browser, "3").status_code == 303
        who = browser.get("/v1/session").json()
        assert (who["user_id"], who["role"], who["advertisers"]) == ("wu@tea.example", "advertiser", ["a1"])
        assert "Spring 2" not in browser.get("/campaigns").text
        provider.lie = lambda told: told | {"groups": ["ink", "tea"]}
        assert come(browser, "3").status_code == 303
        assert browser.get("/v1/session").json()["advertisers"] == ["a1", "a2"]
        provider.lie = lambda told: told | {"groups": ["tea", "ops"]}
        assert come(browser, "3").status_code == 303
        assert browser.get("/v1/session").json()["role"] == "operator"
        for none in ([], ["x"], None, 7, {"ops": 1}):
            provider.lie = lambda told, none=none: told | {"groups": none}  # type: ignore[misc]
            assert "may not sign in here" in line(come(a_browser(site), "3")), none
    root = admin.as_("root")
    assert "signs in elsewhere" in root.get("/people/wu@tea.example", headers={"accept-language": "en"}).text
    for word in ("", WORDS):
        told = admin.nobody().post("/sign-in", data={"user_id": "wu@tea.example", "password": word})
        assert told.status_code == 401  # no password opens what has none
    entries = root.get("/v1/audit", params={"filter": "subject=user wu@tea.example"}).json()["items"]
    changed = [(one["actor"], one["kind"], one["action"]) for one in entries if one["action"].startswith("user")]
    assert changed == [("service sign-in", "service", f"user {word}") for word in ("change", "change", "add")]


def test_groups_do_not_take_the_last_admin(admin: Admin, provider: Provider) -> None:
    provider.lie = lambda told: told | {"groups": ["tea"], "sub": "9", "login": "root"}
    with by(admin, provider, person="login", groups="groups", members={"tea": Membership(Role.ANALYST)}) as site:
        assert "no admin would be left" in line(come(a_browser(site)))


def test_claims_that_only_the_address_of_the_person_tells_are_fetched_from_there(
    admin: Admin, provider: Provider
) -> None:
    add(admin, "mei@tea.example")
    provider.claims_by_userinfo = True
    with by(admin, provider) as site:
        assert come(a_browser(site)).status_code == 303
        assert "/userinfo" in provider.fetched
        provider.lie = lambda told: told | {"sub": "7"}  # of somebody else than the one who is told about
        assert "does not hold" in line(come(a_browser(site)))


def test_nothing_leads_elsewhere_and_without_a_provider_there_is_no_such_address(
    admin: Admin, provider: Provider
) -> None:
    add(admin, "mei@tea.example")
    with by(admin, provider) as site:
        browser = a_browser(site)
        asked = browser.get("/sign-in/elsewhere?next=https://evil.example&redirect_uri=https://evil.example")
        assert "evil" not in asked.headers["location"]
        back = consented(asked.headers["location"], "1")
        assert browser.get(f"{back}&next=//evil.example").headers["location"] == "/"
    for path in ("/sign-in/elsewhere", "/sign-in/back?code=x&state=y"):
        assert admin.nobody().get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"oidc_issuer": "id.example"}, "no issuer"),
        ({"oidc_issuer": "http://id.example", "oidc_client_id": "x"}, "no issuer"),
        ({"oidc_issuer": "https://id.example"}, "does not know who asks"),
        ({"oidc_issuer": "https://id.example", "oidc_client_id": "x", "oidc_groups_claim": "groups"}, "go together"),
        ({"oidc_issuer": "https://id.example", "oidc_client_id": "x", "oidc_groups": {"a": "king"}}, "no role"),
        (
            {"oidc_issuer": "https://id.example", "oidc_client_id": "x", "oidc_groups": {"a": "advertiser"}},
            "belongs to",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigRejected, match=words):
        relying_party(bootstrap.read_settings(**told), "https://ads.example")


def test_settings_become_a_party_and_the_secret_is_a_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert relying_party(bootstrap.read_settings(), "https://ads.example") is None
    (tmp_path / "adplat_oidc_client_secret").write_text("hush\n")
    monkeypatch.setenv("ADPLAT_SECRETS_FOLDER", str(tmp_path))
    monkeypatch.setenv("ADPLAT_OIDC_ISSUER", "https://id.example")
    monkeypatch.setenv("ADPLAT_OIDC_CLIENT_ID", "ads")
    monkeypatch.setenv("ADPLAT_OIDC_GROUPS_CLAIM", "groups")
    monkeypatch.setenv("ADPLAT_OIDC_GROUPS", '{"tea": "advertiser:a1, a7"}')
    settings = bootstrap.read_settings()
    assert "hush" not in repr(settings)
    party = relying_party(settings, "https://ads.example/")
    assert party is not None
    assert (party.client.client_secret, party.client.back_url) == ("hush", "https://ads.example/sign-in/back")
    assert party.client.rules.members == {"tea": Membership(Role.ADVERTISER, frozenset({"a1", "a7"}))}
    assert membership_from("operator") == Membership(Role.OPERATOR)
