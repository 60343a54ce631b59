"""``adplat admin``: the API and the pages of one workspace, under uvicorn, in this process.

::

    settings judged ▸ workspace lock ▸ port asked for ▸ database migrated ▸ a child does rollouts ▸ uvicorn ▸ ready …
    until SIGTERM or Ctrl-C
"""

from __future__ import annotations

import gc
import logging
import shlex
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, Role
from services.admin.app import admin_app
from services.admin.limits import RateLimits
from services.admin.oidc import relying_party
from services.hosting.asked_to_stop import sigterm_as_interrupt
from services.hosting.jobs import jobs_beside
from services.hosting.logs import writing_logs
from services.hosting.ports import require_free_port
from services.hosting.required_keys import Told

Ready = Callable[[str], None]
_PATIENCE_S = 5
_LOOK_S = 0.05
_NEW_THINGS = 100_000
log = logging.getLogger(__name__)


def serve_admin(settings: Settings, *, ready: Ready = lambda _: None, told: Told = lambda _: None) -> None:
    """Serve until SIGINT or SIGTERM; to be called in the main thread, once in a process.

    Args:
        settings: workspace, ``admin_…``, ``http_host``.
        ready: called once, with the URL, when requests are answered.
        told: hears that nobody can sign in yet.

    Raises WorkspaceBusy, PortTaken, StoreUnreachable, and ConfigRejected (an address that is none, here, of Redis or of
    who signs people in) before anything is opened.
    """
    import uvicorn

    settings = settings.model_copy(update={"workspace": settings.workspace.resolve()})
    # A long report is made of a million small things that all live until it is written: looking them through at every
    # 700 new ones, as Python does by itself, takes a third of its time.
    gc.set_threshold(_NEW_THINGS)
    url = settings.admin_url or f"http://{settings.http_host}:{settings.admin_port}"
    secure, elsewhere = _is_secure(url), relying_party(settings, url)
    # When it is done uvicorn sends the signal that ended it once more: SIGTERM would leave all this standing. Either
    # signal is how it is meant to end.
    with ExitStack() as stack, sigterm_as_interrupt():
        shared = stack.enter_context(bootstrap.opened_request_buckets(settings))
        stack.enter_context(bootstrap.lock_workspace(settings, "serve-admin"))
        require_free_port(settings.http_host, settings.admin_port)
        stack.enter_context(writing_logs(settings, "admin"))
        _tell_who_may(settings, told)
        stack.enter_context(jobs_beside(settings, log.info, rollouts=True))
        app = admin_app(
            lambda: bootstrap.opened_admin(settings),
            secure=secure,
            limits=_limits(settings),
            shared=shared,
            elsewhere=elsewhere,
        )
        config = uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.admin_port,
            log_config=None,
            access_log=False,
            server_header=False,
            # What a proxy says of addresses is believed only where one is said to be, and from this machine alone.
            proxy_headers=bool(settings.admin_url),
            timeout_graceful_shutdown=_PATIENCE_S,
        )
        server = uvicorn.Server(config)
        watch = threading.Thread(target=_say_when_up, args=(server, lambda: ready(url)), daemon=True)
        watch.start()
        with suppress(KeyboardInterrupt):
            server.run()


def _limits(settings: Settings) -> RateLimits:
    told = settings.admin_requests_per_minute, settings.admin_unknown_per_minute, settings.admin_heavy_per_minute
    return RateLimits(*told)


def _is_secure(url: str) -> bool:
    told = urlsplit(url)
    if told.scheme not in {"http", "https"} or not told.netloc or told.path.strip("/"):
        raise ConfigRejected(
            f"{url!r} is no address of a site", where="ADPLAT_ADMIN_URL", hint="give it as https://ads.example.com"
        )
    return told.scheme == "https"


def _tell_who_may(settings: Settings, told: Told) -> None:
    """Migrates the database too."""
    with bootstrap.opened_people(settings) as parts:
        if not any(one.user.role is Role.ADMIN and one.user.disabled is None for one in parts.people.accounts()):
            where = shlex.quote(str(settings.workspace))
            told(f"no admin can sign in yet: make one with 'adplat user add NAME --role admin --workspace {where}'")


def _say_when_up(server: object, ready: Callable[[], None]) -> None:
    stop = threading.Event()
    while not getattr(server, "started", False):
        if getattr(server, "should_exit", False) or stop.wait(_LOOK_S):
            return
    ready()
