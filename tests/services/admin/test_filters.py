"""What a list page is asked for and does not understand is said above the list, on every page that the routers have."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from fastapi.routing import APIRoute

from services.admin.filters import LONGEST, Field, Filters
from services.admin.routers import PAGES
from services.admin.wording import LANGUAGES, words_in
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.in_a_browser.page_list import ASKED_WITH, IDS

ROUTES = [
    one for router in PAGES for one in router.routes if isinstance(one, APIRoute) and "GET" in (one.methods or ())
]
# What pages that are no lists are asked with: what a form is filled in with, and the way in.
OF_NO_LIST = {
    "/campaigns/new": {"advertiser"},
    "/creatives/new": {"ad"},
    "/drafts/new": {"campaign"},
    "/rollouts/new": {"deed", "bundle_id"},
    "/sign-in": {"out"},
}


def filters_of(route: APIRoute) -> Filters | None:
    owners = [getattr(one.call, "__self__", None) for one in route.dependant.dependencies]
    return next((one for one in owners if isinstance(one, Filters)), None)


LISTS = {route.path: found for route in ROUTES if (found := filters_of(route)) is not None}


def rubbish(one: Field) -> str:
    return "z" * (one.longest + 1) if one.may_be == "filter_may_text" else "zzz"


def said(html: str) -> str:
    """The line above the list; empty where there is none."""
    found = re.search(r'<div id="not-understood">(?:<div class="trouble" role="alert">(.*?)</div>)?</div>', html)
    assert found is not None, html[:2000]
    return unescape(found[1] or "")


def shown(html: str) -> str:
    """What the page shows besides that line, without what is drawn by lot for each answer and the second of it."""
    main = html.partition('<main id="main"')[2].partition("</main>")[0]
    line = r'<div id="not-understood">(?:.*?</div>)?</div>'
    return re.sub(rf"{line}|[0-9a-f]{{32}}|T\d\d:\d\d:\d\d", "", main)


def path_of(template: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: IDS[name[1]], template)


def asked(somebody: Somebody, path: str, language: str = "en", **told: str) -> tuple[int, str]:
    more = dict(pair.split("=") for pair in ASKED_WITH.get(path, "?")[1:].split("&") if pair) | told
    answer = somebody.get(f"{path_of(path)}?{urlencode(more)}", headers={"accept-language": language})
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", sorted(LISTS))
def test_what_is_not_understood_is_said_and_the_list_is_shown_without_it(admin: Admin, path: str) -> None:
    root, filters = admin.as_("root"), LISTS[path]
    status, plain = asked(root, path)
    assert (status, said(plain)) == (200, "")
    for field in filters.fields:
        told = rubbish(field)
        for language in LANGUAGES:
            status, html = asked(root, path, language, **{field.name: told})
            line, say = said(html), words_in(language)
            assert f"<b>{say(field.label)}</b> · <code>{field.name}</code>: " in line and told[:50] in line
            known = say("and_comma").join(say(word) if word else value for value, word in field.known.items())
            outcome = "filter_withheld" if field.name == "filter" else "filter_left_out"
            assert say(field.may_be).format(known=known) in line and line.endswith(f"<p>{say(outcome)}</p>")
        if field.name == "filter":  # of a part that nobody can tell no figures are shown
            assert status == 422 and 'id="rows"' not in html
            held = f'name="filter" type="search" value="{told}"'  # to be mended
            assert held in html
            html = html.replace(held, "")
        else:
            status, html = asked(root, path, **{field.name: told})
            assert status == 200 and (shown(html) == shown(plain) or path in ASKED_WITH)
        assert "zzz" not in shown(html)
    for place in filters.places:
        for cursor in ("zzz", "WyJ4IiwgMV0", "creative:zzz", "z" * 5000):
            status, html = asked(root, path, **{place: cursor})
            assert status == 200 and f"<code>{place}</code>" in said(html) and shown(html) == shown(plain), cursor
    status, html = asked(root, path, limit="-1", nothing_that_is="asked", status_="")
    assert status == 200 and shown(html) == shown(plain)
    assert "<code>limit</code>: “-1” is not understood" in said(html) and "<code>nothing_that_is</code>" in said(html)
    assert all(field.name in said(html) for field in filters.fields) and "status_" not in said(html)


def test_what_is_understood_is_asked_without_a_word(admin: Admin) -> None:
    root = admin.as_("root")
    for path, filters in LISTS.items():
        for field in filters.fields:
            for value in (
                [*field.known][:2] if field.may_be == "filter_may_known" and " – " not in "".join(field.known) else []
            ):
                status, html = asked(root, path, **{field.name: value})
                assert (status, said(html)) == (200, ""), (path, field.name, value)
    for told in ("size=300x250", "size=300+×+250", "campaign=k1&advertiser=a1"):
        assert said(root.get(f"/creatives?{told}").text) == ""
    for told in (
        "time_zone=Asia/Shanghai",
        "filter=campaign%3Dk1|k2",
        "since=2026-01-05&until=2026-01-09",
        "order=-clicks",
    ):
        assert said(root.get(f"/reports?{told}").text) == ""


def test_no_page_reads_its_address_elsewhere() -> None:
    for route in ROUTES:
        filters = LISTS.get(route.path)
        allowed = OF_NO_LIST.get(route.path, set()) if filters is None else filters.besides
        told = {one.alias for one in route.dependant.query_params}
        assert told <= allowed or route.path.startswith("/sign-in/"), route.path


def test_days_of_which_none_is_left_are_said_on_every_page_that_asks_for_days(admin: Admin) -> None:
    root = admin.as_("root")
    for path, filters in LISTS.items():
        days = {field.name for field in filters.fields if field.may_be == "filter_may_day"}
        assert days in ({"since", "until"}, set()), path
        for until in ("2026-03-01", "2026-02-27") if days else ():
            more = {"attribute": "device"} if "attribute" in filters.names else {}
            status, html = asked(root, path, since="2026-03-01", until=until, **more)
            if status == 422:  # reports refuse it by themselves
                assert 'class="trouble"' in html
            else:
                assert status == 200 and f"“{until}” is not understood; no day lies between the two" in said(html)
                assert "<code>until</code>" in said(html) and "<code>since</code>" not in said(html)
    assert said(root.get("/audit?since=2026-03-01&until=2026-03-02").text) == ""
    exported = root.post("/audit/export", data={"form_token": root.token, "since": "2026-03-01", "until": "2026-03-01"})
    assert exported.status_code == 422 and "no day lies between" in said(exported.text)


def test_a_value_asked_twice_is_not_one_of_them(admin: Admin) -> None:
    html = admin.as_("root").get("/campaigns?status=live&status=paused&name=Spring&name=Spring").text
    assert "“live, paused” is not understood; it is given once" in said(html) and "<code>name</code>" not in said(html)


def test_what_a_form_carries_along_is_read_the_same_way(admin: Admin) -> None:
    olga = admin.as_("olga")
    form = {"form_token": olga.token, "status": "ended", "pick_1": "k1", "looked_at": "status=nope&name=Spring"}
    html = olga.post("/campaigns/bulk", data=form).text
    assert "“nope” is not understood" in said(html) and 'value="Spring"' in html and "Spring 2" in html


def test_what_is_told_again_is_short_and_harms_nothing(admin: Admin) -> None:
    root = admin.as_("root")
    line = said(root.get("/campaigns", params={"status": "<script>\u202e" + "x" * 4000, "name": "a\x00b"}).text)
    assert "<script>xxx" in line and "\u202e" not in line and "…" in line and len(line) < 900
    assert "<code>name</code>" in line and "\x00" not in line
    assert "<script>" not in root.get("/campaigns?status=%3Cscript%3E").text.partition("<main")[2]
    assert said(root.get("/campaigns", params={"name": "x" * LONGEST}).text) == ""
