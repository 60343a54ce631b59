"""``adplat admin``: the people's side of a workspace, in a browser."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from adplat.cli.output import say
from adplat.cli.service import WorkspaceOption, serve_entry_point


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(admin)


def admin(
    port: Annotated[int | None, typer.Option(help="HTTP port; default 8480.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1.")] = None,
    workspace: WorkspaceOption = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
) -> None:
    """Serve pages and API for whoever may sign in (see 'adplat user add'), until stopped."""
    from adplat.bootstrap import read_settings

    def ready(url: str) -> None:
        say(f"admin on {url}; stop with Ctrl-C")
        if open_browser:
            webbrowser.open(url)

    serve_entry_point("admin")(
        read_settings(workspace=workspace, admin_port=port, http_host=host), ready=ready, told=say
    )
