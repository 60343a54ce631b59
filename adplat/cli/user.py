"""``adplat user …``: people who may sign in to the admin, their roles and passwords."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say
from adplat.cli.service import WorkspaceOption
from adplat.domain import MissingInput, Role, User

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with: small letters, digits and . _ @ + -")]
RoleOption = Annotated[Role, typer.Option("--role", help="What this person is here for.")]
AdvertiserOption = Annotated[
    list[str] | None,
    typer.Option("--advertiser", help="Of the role advertiser: to whom this person belongs; again for more than one."),
]
TitleOption = Annotated[str, typer.Option("--name", help="What people call this person.")]
PasswordOption = Annotated[
    str, typer.Option("--password-file", help="A file whose first line is the password; - is stdin. Default: ask.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(help="People who may sign in to the admin.", no_args_is_help=True)
    commands.command("add")(add)
    commands.command("list")(list_all)
    commands.command("allow")(allow)
    commands.command("disable")(disable)
    commands.command("enable")(enable)
    commands.command("password")(password)
    app.add_typer(commands, name="user")


def add(
    user: NameArgument,
    role: RoleOption,
    advertiser: AdvertiserOption = None,
    name: TitleOption = "",
    password_file: PasswordOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new person with a password."""
    from adplat.bootstrap import opened_people, read_settings
    from adplat.flows.manage_people import add_person

    wanted = User(user, role, name, _scope(advertiser))
    told = _password(password_file)
    with opened_people(read_settings(workspace=workspace), made=say) as parts:
        _tell(add_person(parts, wanted, told), "added", as_json)


def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Everybody, with role and advertisers."""
    from adplat.bootstrap import existing_workspace, opened_people
    from adplat.flows.describe_people import account_document

    with opened_people(existing_workspace(workspace)) as parts:
        people = [account_document(account) for account in parts.people.accounts()]
    if as_json:
        print_json({"users": people})
        return
    names = ("user_id", "name", "role", "advertisers", "disabled", "created", "created_by")
    columns = ("person", "name", "role", "advertisers", "disabled", "added", "added by")
    print_table("People", columns, [tuple(one[name] for name in names) for one in people], spare=columns[:-3:-1])


def allow(
    user: NameArgument,
    role: RoleOption,
    advertiser: AdvertiserOption = None,
    name: TitleOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Another role, and other advertisers, from the next request on."""
    from adplat.bootstrap import existing_workspace, opened_people
    from adplat.flows.manage_people import change_person

    with opened_people(existing_workspace(workspace)) as parts:
        changed = change_person(parts, user, role=role, advertisers=_scope(advertiser), name=name)
    _tell(changed, "changed", as_json)


def disable(user: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Nothing opens for this person any more: no password, no session, no key."""
    from adplat.bootstrap import existing_workspace, opened_people
    from adplat.flows.manage_people import disable_person

    with opened_people(existing_workspace(workspace)) as parts:
        _tell(disable_person(parts, user), "disabled", as_json)


def enable(user: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """May sign in again."""
    from adplat.bootstrap import existing_workspace, opened_people
    from adplat.flows.manage_people import enable_person

    with opened_people(existing_workspace(workspace)) as parts:
        _tell(enable_person(parts, user), "enabled", as_json)


def password(
    user: NameArgument,
    password_file: PasswordOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Another password; whoever is signed in under this name no longer is."""
    from adplat.bootstrap import existing_workspace, opened_people
    from adplat.flows.manage_people import give_password, person

    with opened_people(existing_workspace(workspace)) as parts:
        person(parts, user)  # nobody is asked twice for the password of a name that nobody has
        give_password(parts, user, _password(password_file))
        _tell(person(parts, user).user, "given another password", as_json)


def _tell(user: User, done: str, as_json: bool) -> None:
    from adplat.flows.describe_people import user_document

    told: dict[str, Any] = user_document(user)
    if as_json:
        print_json(told)
        return
    whose = "all advertisers" if told["advertisers"] is None else f"advertisers {', '.join(told['advertisers'])}"
    say(f"{done}: {user.user_id}, {user.role.value}; {whose}")


def _scope(advertisers: list[str] | None) -> frozenset[str] | None:
    return frozenset(advertisers) if advertisers else None


def _password(file: str) -> str:
    """From a file, from stdin, or asked for twice; never from the command line, which others can read.

    Raises MissingInput: a file that cannot be read, or nobody there to ask.
    """
    if file == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if not file and not sys.stdin.isatty():
        raise MissingInput(
            "no terminal to ask for the password", where="--password-file", hint="give a file, or - for stdin"
        )
    if not file:
        told: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return told
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingInput(
            "the password cannot be read", where=file, hint="give a text file, or - for stdin"
        ) from error
    return lines[0] if lines else ""
