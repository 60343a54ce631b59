"""Settings of a service whose processes run on many machines."""

from __future__ import annotations

from collections.abc import Mapping

from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected


def many_machines(settings: Settings, needed: Mapping[str, str] | None = None) -> Settings:
    """These settings as they hold on many machines; ``needed``: more of them that must be set, and why.

    Raises ConfigRejected where one of them needs a single machine.
    """
    of_one_machine = {"redis_url": "an embedded Valkey belongs to one machine"}
    if settings.database_url.startswith("sqlite") or not settings.database_url:
        raise _refused("database_url", "SQLite belongs to one machine")
    for name, why in {**of_one_machine, **(needed or {})}.items():
        if not getattr(settings, name):
            raise _refused(name, why)
    # Whatever host is set: pods are reached over the network, and the keys are looked at with that in mind.
    return settings.model_copy(update={"workspace": settings.workspace.resolve(), "http_host": "0.0.0.0"})  # noqa: S104


def refuse_arguments(args: Mapping[str, str]) -> None:
    """Of a builder that Ray Serve calls: everything is a setting. Raises ConfigRejected."""
    if args:
        raise ConfigRejected(
            f"{sorted(args)[0]!r} is no argument", where="serveConfigV2: args", hint="set ADPLAT_… in the environment"
        )


def _refused(name: str, why: str) -> ConfigRejected:
    return ConfigRejected(f"on a cluster {why}", where=f"ADPLAT_{name.upper()}", hint="set it to a server's URL")
