"""Keys of the generation service: who may draft, who may decide, and that an advertiser's caller meets only its own."""

from __future__ import annotations

import pytest

from adplat.bootstrap import Settings
from adplat.domain import Caller, Permission
from tests.services.callers import key_of, write_keys
from tests.services.generation.drafters import a_body, asked, do_next_job

SHOP = Caller("shop", permissions=frozenset({Permission.DRAFT}), advertisers=frozenset({"a1"}))
OTHER = Caller("other", permissions=frozenset({Permission.DRAFT, Permission.APPROVE}), advertisers=frozenset({"a2"}))
BOSS = Caller("boss", permissions=frozenset({Permission.APPROVE}), advertisers=frozenset({"a1"}))
NARROW = Caller("narrow", permissions=frozenset({Permission.DRAFT}), placements=frozenset({"iab_728x90"}))
YES = b'{"reason":"fine"}'


@pytest.fixture
def guarded(settings: Settings) -> Settings:
    write_keys(settings.workspace, (SHOP, OTHER, BOSS, NARROW))
    return settings


def test_without_a_key_that_may_nothing_is_answered(guarded: Settings) -> None:
    for key, status in ((None, 401), ("adp_nonsense", 401), (key_of(BOSS), 403)):
        for ask in (
            lambda one, k=key: one.draft(a_body(), k),
            lambda one, k=key: one.drafts({}, k),
            lambda one, k=key: one.one_draft("x", k),
            lambda one, k=key: one.picture("x", k),
            lambda one, k=key: one.review(b"{}", k),
            lambda one, k=key: one.job("1", k),
            lambda one, k=key: one.cancel("1", k),
        ):
            assert asked(guarded, ask)[0] == status
    for decide in (lambda one: one.approve("x", YES, key_of(SHOP)), lambda one: one.reject("x", YES, key_of(SHOP))):
        assert asked(guarded, decide)[0] == 403
    assert asked(guarded, lambda one: one.health())[0] == 200


def test_what_is_somebody_elses_is_not_there(guarded: Settings) -> None:
    _, job = asked(guarded, lambda one: one.draft(a_body(variants=1), key_of(SHOP)))
    do_next_job(guarded)
    [draft] = asked(guarded, lambda one: one.drafts({}, key_of(SHOP)))[1]["drafts"]
    name, number = draft["draft_id"], str(job["job_id"])
    assert draft["made_by"] == "shop"
    theirs = key_of(OTHER)
    assert asked(guarded, lambda one: one.drafts({}, theirs))[1]["drafts"] == []
    for ask in (
        lambda one: one.one_draft(name, theirs),
        lambda one: one.picture(name, theirs),
        lambda one: one.drafts({"after": name}, theirs),
        lambda one: one.approve(name, YES, theirs),
        lambda one: one.reject(name, YES, theirs),
        lambda one: one.job(number, theirs),
        lambda one: one.cancel(number, theirs),
    ):
        assert asked(guarded, ask)[0] == 404
    assert asked(guarded, lambda one: one.draft(a_body(), theirs))[0] == 403
    assert asked(guarded, lambda one: one.approve(name, YES, key_of(BOSS)))[1]["decided_by"] == "boss"


def test_a_caller_of_some_placements_asks_for_these(guarded: Settings) -> None:
    assert asked(guarded, lambda one: one.draft(a_body(), key_of(NARROW)))[0] == 403
    body = b'{"placement":"iab_300x250","copy":[{"part":"headline","text":"Tea"}]}'
    assert asked(guarded, lambda one: one.review(body, key_of(NARROW)))[0] == 403
    assert asked(guarded, lambda one: one.draft(a_body({"placements": ["iab_728x90"]}), key_of(NARROW)))[0] == 202
