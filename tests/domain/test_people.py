"""Roles, rights and viewers."""

from __future__ import annotations

import pytest

from adplat.domain import ROLE_RIGHTS, ConfigRejected, NotPermitted, Right, Role, User, Viewer


def test_the_table_of_permissions_has_every_role_and_every_right_is_somebodys() -> None:
    assert set(ROLE_RIGHTS) == set(Role)
    assert frozenset().union(*ROLE_RIGHTS.values()) == frozenset(Right)
    with pytest.raises(TypeError):
        ROLE_RIGHTS[Role.ADVERTISER] = frozenset(Right)  # type: ignore[index]


@pytest.mark.parametrize(
    ("role", "right", "may"),
    [
        (Role.ADMIN, Right.MANAGE_PEOPLE, True),
        (Role.OPERATOR, Right.MANAGE_PEOPLE, False),
        (Role.OPERATOR, Right.PROMOTE_MODELS, True),
        (Role.ANALYST, Right.EDIT_CAMPAIGNS, False),
        (Role.ANALYST, Right.RUN_EXPERIMENTS, True),
        (Role.ADVERTISER, Right.EDIT_CAMPAIGNS, True),
        (Role.ADVERTISER, Right.REVIEW_CREATIVES, False),
        (Role.ADVERTISER, Right.EDIT_ADVERTISERS, False),
        (Role.ADVERTISER, Right.SEE_MODELS, False),
        (Role.ADVERTISER, Right.SEE_WORKERS, False),
        (Role.READ_ONLY, Right.SEE_WORKERS, True),
        (Role.READ_ONLY, Right.SEE_REPORTS, True),
        (Role.READ_ONLY, Right.EXPORT_REPORTS, False),
    ],
)
def test_what_a_role_may(role: Role, right: Right, may: bool) -> None:
    viewer = Viewer("x", role, frozenset({"a1"}) if role is Role.ADVERTISER else None)
    assert viewer.may(right) is may
    if may:
        viewer.require(right)
    else:
        with pytest.raises(NotPermitted, match=right.value):
            viewer.require(right)


def test_whoever_is_read_only_changes_nothing() -> None:
    assert not Viewer("x", Role.READ_ONLY).may_change
    assert all(Viewer("x", role).may_change for role in (Role.ADMIN, Role.OPERATOR, Role.ANALYST))


def test_a_narrowed_viewer_has_no_right_that_its_role_has_not() -> None:
    narrowed = Viewer("x", Role.READ_ONLY, only=frozenset({Right.SEE_REPORTS, Right.MANAGE_PEOPLE}))
    assert narrowed.rights == {Right.SEE_REPORTS}
    assert not Viewer("x", Role.ADMIN, only=frozenset({Right.SEE_REPORTS})).may_change


@pytest.mark.parametrize("name", ["", "Mei", "a b", "worker", "job", "-x", "x" * 129, "m\nei", "ｍei"])
def test_a_person_is_not_called_so(name: str) -> None:
    with pytest.raises(ConfigRejected, match="cannot be called so"):
        User(name, Role.ADMIN)


def test_an_advertisers_person_belongs_to_one_and_nobody_else_does() -> None:
    assert User("mei@tea.example", Role.ADVERTISER, advertisers=frozenset({"a1"})).viewer().may_see("a1")
    for scope in (None, frozenset[str](), frozenset({""})):
        with pytest.raises(ConfigRejected, match="belongs to one or more"):
            User("mei", Role.ADVERTISER, advertisers=scope)
        with pytest.raises(ConfigRejected, match="belongs to one or more"):
            Viewer("mei", Role.ADVERTISER, scope)
    with pytest.raises(ConfigRejected, match="sees all advertisers"):
        User("mei", Role.ADMIN, advertisers=frozenset({"a1"}))


def test_a_key_that_lacks_a_right_of_its_owner_is_told_so_and_a_person_to_ask_another() -> None:
    def hint(viewer: Viewer, right: Right) -> str:
        with pytest.raises(NotPermitted) as refused:
            viewer.require(right)
        return refused.value.hint

    key = Viewer("li", Role.ADVERTISER, frozenset({"a1"}), only=frozenset({Right.SEE_CATALOGUE}))
    assert "make another key with this right" in hint(key, Right.EDIT_CAMPAIGNS)
    assert hint(key, Right.MAKE_OWN_KEYS) == "no key has this right: sign in"
    for viewer in (key, Viewer("li", Role.ADVERTISER, frozenset({"a1"}))):
        assert hint(viewer, Right.MANAGE_CALLERS) == "ask somebody who may, or an admin for another role"
