"""Calling scripts from an event loop: one pool of connections, one round trip, a server that forgot is taught again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import NoScriptError

from adplat.storage.redis_scripts import Script

Call = tuple[Sequence[str], Sequence[str | bytes | int]]


def open_client(url: str, connections: int, timeout_s: float) -> Redis:
    """It connects at the first call and belongs to that event loop; a lost connection is tried again once."""
    return Redis.from_pool(
        BlockingConnectionPool.from_url(
            url,
            max_connections=connections,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            protocol=2,
            retry=Retry(ConstantBackoff(0.02), 1, supported_errors=(redis.ConnectionError,)),
        )
    )


async def call_script(client: Redis, script: Script, calls: Sequence[Call]) -> list[Any]:
    """Run one script for several sets of (keys, arguments), pipelined; answers run parallel to ``calls``.

    What the server refused stands among the answers as an exception. Raises the driver's errors.
    """
    if not calls:
        return []
    answers = await _pipelined(client, script, calls)
    forgotten = [number for number, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
    if forgotten:
        # A new or restarted server: the calls it did not know ran nothing, so they can go again.
        await client.script_load(script.text)
        again = await _pipelined(client, script, [calls[number] for number in forgotten])
        for number, answer in zip(forgotten, again, strict=True):
            answers[number] = answer
    return answers


async def call_script_once(client: Redis, script: Script, call: Call) -> Any:
    """The answer to one call, without a pipeline around it. Raises the driver's errors."""
    keys, arguments = call
    run: Any = client.execute_command  # the driver leaves it untyped
    try:
        return await run("EVALSHA", script.sha, len(keys), *keys, *arguments)
    except NoScriptError:
        return await run("EVAL", script.text, len(keys), *keys, *arguments)


def all_answered(answers: list[Any]) -> list[Any]:
    """The answers; raises the first that is an exception."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


async def _pipelined(client: Redis, script: Script, calls: Sequence[Call]) -> list[Any]:
    # EVALSHA by hand: the driver's own script object asks SCRIPT EXISTS first, a second round trip.
    async with client.pipeline(transaction=False) as pipe:
        for keys, arguments in calls:
            pipe.execute_command("EVALSHA", script.sha, len(keys), *keys, *arguments)
        return await pipe.execute(raise_on_error=False)
