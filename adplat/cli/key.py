"""``adplat key …``: who may ask the services for what, and the API keys that say who is asking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adplat.cli.output import JsonOption, print_json, print_table, say, when
from adplat.cli.service import WorkspaceOption
from adplat.domain import Caller, ConfigRejected, Permission

if TYPE_CHECKING:
    from adplat.flows.manage_keys import MadeKey

CallerArgument = Annotated[str, typer.Argument(help="Id of the caller: up to 64 letters, digits, dots, dashes.")]
MayOption = Annotated[
    list[Permission] | None, typer.Option("--may", help="What it may do; give it again for more than one.")
]
AdvertiserOption = Annotated[
    list[str] | None, typer.Option("--advertiser", help="Whose creatives exist for it; none: everybody's.")
]
PlacementOption = Annotated[list[str] | None, typer.Option("--placement", help="For which it may ask; none: for all.")]
NameOption = Annotated[str, typer.Option(help="What people call it.")]
DaysOption = Annotated[float | None, typer.Option("--days", help="How long the key holds; default: until revoked.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="Callers of the bidding service and their API keys. From the first key on, keys are demanded.",
        no_args_is_help=True,
    )
    commands.command("create")(create)
    commands.command("list")(list_all)
    commands.command("allow")(allow)
    commands.command("rotate")(rotate)
    commands.command("revoke")(revoke)
    commands.command("publish")(publish)
    app.add_typer(commands, name="key")


def create(
    caller: CallerArgument,
    may: MayOption = None,
    advertiser: AdvertiserOption = None,
    placement: PlacementOption = None,
    name: NameOption = "",
    days: DaysOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new caller with its key; without --may, one more key for a caller that there is. The key is told only now."""
    from adplat.bootstrap import opened_keys, read_settings, require_database
    from adplat.flows.manage_keys import create_caller, create_key

    if not may and (advertiser or placement or name):
        raise ConfigRejected("a caller without a right", where="--may", hint="say what it may do, such as --may bid")
    settings = read_settings(workspace=workspace)
    with opened_keys(settings if may else require_database(settings), made=say) as parts:
        if may:
            made = create_caller(parts, _caller(caller, name, may, advertiser, placement), holds_for=_days(days))
        else:
            made = create_key(parts, caller, holds_for=_days(days))
    _tell(made, as_json)


def allow(
    caller: CallerArgument,
    may: MayOption = None,
    advertiser: AdvertiserOption = None,
    placement: PlacementOption = None,
    name: NameOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say anew all that a caller may do; its keys hold on, and what it was given stays its own."""
    from adplat.bootstrap import existing_workspace, opened_keys
    from adplat.flows.describe_keys import caller_document
    from adplat.flows.manage_keys import change_caller

    with opened_keys(existing_workspace(workspace)) as parts:
        changed = change_caller(parts, _caller(caller, name, may or [], advertiser, placement))
    if as_json:
        print_json(caller_document(changed))
    else:
        say(f"caller {caller} {rights(caller_document(changed))}, within two seconds")


def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """All callers with their rights and keys; of a key only the beginning is known."""
    from adplat.bootstrap import existing_workspace, opened_keys
    from adplat.flows.describe_keys import keys_document

    with opened_keys(existing_workspace(workspace)) as parts:
        told = keys_document(parts.callers.book(), parts.clock.now())
    if as_json:
        print_json(told)
        return
    print_table(
        "Callers", ("caller", "name", "rights"), [(c["caller_id"], c["name"], rights(c)) for c in told["callers"]]
    )
    names = ("key_id", "caller_id", "state", "created_by")
    rows = [
        (*(key[name] for name in names), *(when(key[name]) for name in ("created", "expires", "revoked")))
        for key in told["keys"]
    ]
    columns = ("key", "caller", "state", "made by", "made", "expires", "revoked")
    print_table("Keys", columns, rows, spare=("made by", "made"))


def rotate(
    key: Annotated[str, typer.Argument(help="Id of the key that is to be replaced.")],
    keep_hours: Annotated[float, typer.Option(help="How long the old key holds yet.")] = 24.0,
    days: Annotated[
        float | None,
        typer.Option("--days", help="How long the new key holds; default: as long as the old one was made for."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new key of the same caller in the place of an old one, which holds for a while yet."""
    from adplat.bootstrap import existing_workspace, opened_keys
    from adplat.flows.manage_keys import rotate_key

    with opened_keys(existing_workspace(workspace)) as parts:
        made = rotate_key(
            parts, key, old_holds_for=_within_reason(keep_hours, "hours", "--keep-hours"), holds_for=_days(days)
        )
    _tell(made, as_json)


def revoke(
    key: Annotated[str, typer.Argument(help="Id of a key, or of a caller: then all its keys.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a key back: within about two seconds it opens nothing."""
    from adplat.bootstrap import existing_workspace, opened_keys
    from adplat.flows.describe_keys import key_document
    from adplat.flows.manage_keys import revoke_keys

    with opened_keys(existing_workspace(workspace)) as parts:
        over = revoke_keys(parts, key)
        now = parts.clock.now()
    if as_json:
        print_json({"revoked": [key_document(one, now) for one in over]})
    else:
        say(f"revoked {', '.join(one.key_id for one in over)}")


def publish(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Tell the replicas once more what stands in the database; needed only where their copy was lost or damaged."""
    from adplat.bootstrap import existing_workspace, opened_keys
    from adplat.flows.manage_keys import publish_keys

    with opened_keys(existing_workspace(workspace)) as parts:
        book = publish_keys(parts)
    if as_json:
        print_json({"keys": len(book.keys), "callers": len(book.callers)})
    else:
        say(f"published {len(book.keys)} keys of {len(book.callers)} callers")


def rights(caller: dict[str, Any]) -> str:
    """What a caller may do, as a person says it."""
    told = f"may {', '.join(caller['permissions'])}"
    for what in ("advertisers", "placements"):
        told += f"; all {what}" if caller[what] is None else f"; {what} {', '.join(caller[what])}"
    return told


def _tell(made: MadeKey, as_json: bool) -> None:
    from adplat.flows.describe_keys import caller_document

    told = caller_document(made.caller)
    expires = None if made.key.expires is None else made.key.expires.isoformat()
    if as_json:
        print_json({"key": made.secret, "key_id": made.key.key_id, "expires": expires, "caller": told})
        return
    ends = f"holds until {when(expires)}" if expires else "never ends by itself"
    say(f"caller {made.caller.caller_id} {rights(told)}; its key {ends} and is told only now:")
    typer.echo(made.secret)


def _caller(
    caller_id: str, name: str, may: list[Permission], advertisers: list[str] | None, placements: list[str] | None
) -> Caller:
    def scope(names: list[str] | None) -> frozenset[str] | None:
        return frozenset(names) if names else None

    return Caller(caller_id, name, frozenset(may), scope(advertisers), scope(placements))


def _days(days: float | None) -> timedelta | None:
    return None if days is None else _within_reason(days, "days", "--days")


def _within_reason(count: float, unit: str, option: str) -> timedelta:
    """So many days or hours. Raises ConfigRejected over a hundred years."""
    one = timedelta(**{unit: 1})
    if not abs(count) <= timedelta(days=36_500) / one:
        raise ConfigRejected(f"{count:g} {unit}", where=option, hint=f"give a number of {unit} below a hundred years")
    return count * one
