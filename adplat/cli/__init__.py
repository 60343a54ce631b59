"""Card
This room:   the command line: reads words, calls ``bootstrap``, prints results. Decides nothing.
May import:  bootstrap and below, late, inside commands; ``adplat --help`` answers in half a second.
Must not:    import services (they are started by entry-point name), hold logic a flow should hold.
Called by:   the console script ``adplat``.
Tests:       tests/cli/

Prints for people on a terminal; with ``--json`` exactly one JSON document on stdout and everything
else on stderr. Exit code 0 = done, 2 = the input is wrong, 1 = our fault, 130 = stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
import traceback
from typing import Annotated, Any

import typer

from adplat import __version__
from adplat.cli import (
    admin,
    audit,
    bandit,
    bench,
    data,
    demo,
    draft,
    drafts,
    encode,
    experiment,
    explain,
    forecast,
    improve,
    job,
    key,
    market,
    model,
    registry,
    replay,
    report,
    report_schedule,
    review,
    service,
    tune,
    user,
)
from adplat.cli.output import print_error, print_failure, say, wants_json
from adplat.domain import AdplatError, plainly

__all__ = ["app", "main"]

# Typer exports this one class of its error tree; every wrong option, argument or command is of its base.
USAGE_ERROR: Any = typer.BadParameter.__base__
CALLED_ALONE = "NoArgsIsHelpError"
INTERRUPTED = 130

app = typer.Typer(
    name="adplat",
    help="Which ad creative to show to whom, learned from what happened.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (
    demo,
    data,
    encode,
    model,
    explain,
    registry,
    market,
    service,
    key,
    user,
    admin,
    audit,
    job,
    replay,
    report,
    report_schedule,
    review,
    tune,
    experiment,
    bandit,
    forecast,
    draft,
    drafts,
    improve,
    bench,
):
    commands.register(app)


def _say_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"adplat {__version__}\n")
        raise typer.Exit


@app.callback()
def _before_any_command(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_say_version),
    ] = False,
) -> None:
    """What stands before the command's name."""


def main() -> None:
    """Run the command line; turn every error into one clear line and the right exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    as_json = wants_json(arguments)
    try:
        code: object = app(args=arguments, prog_name=app.info.name, standalone_mode=False)
    except typer.Exit as ended:
        code = ended.exit_code
    except USAGE_ERROR as usage:
        return _misused(usage, as_json)
    except AdplatError as error:
        print_error(error, as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(as_json)
    except Exception:  # noqa: BLE001 - the last catch: an unforeseen fault is ours and says so
        traceback.print_exc()
        say("adplat: this is a fault of adplat, not of your input; please report the lines above")
        if as_json:
            print_failure("InternalFault", "see the lines on stderr")
        return 1
    if code == INTERRUPTED:  # Typer turns Ctrl-C inside a command into this, returned or raised
        return _interrupted(as_json)
    return code if isinstance(code, int) else 0


def _misused(usage: Any, as_json: bool) -> int:
    """One line with where to read more; a group of commands that is called alone shows its help instead."""
    line = plainly(usage.format_message())
    if type(usage).__name__ == CALLED_ALONE:
        usage.show()
    else:
        more = usage.ctx.command_path if usage.ctx is not None else app.info.name
        say(f"adplat: {line}: see '{more} --help'")
    if as_json:
        print_failure("UsageError", line)
    return 2


def _interrupted(as_json: bool) -> int:
    say("adplat: stopped; nothing is left half-written")
    if as_json:
        print_failure("Interrupted", "stopped by Ctrl-C")
    return INTERRUPTED
