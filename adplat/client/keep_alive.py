"""One HTTP/1.1 connection that asks one fixed path again and again: for measuring, where a full client would be
most of what is measured."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from adplat.domain import StoreUnreachable


class KeepAliveConnection:
    """Sends a body, gives the status. One exchange at a time; a connection that the server closed is opened anew.

    Example::

        connection = KeepAliveConnection("127.0.0.1", 8470, "/v1/rank")
        status = await connection.post(body)        # 0: no answer
        await connection.close()
    """

    def __init__(self, host: str, port: int, path: str) -> None:
        self._host, self._port = host, port
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes) -> int:
        """The status of the answer; 0 when the connection broke. Raises StoreUnreachable when nobody listens."""
        return (await self.exchange(body))[0]

    async def exchange(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer; 0 and nothing when the connection broke. Raises as ``post``."""
        reader, writer = await self._connected()
        try:
            writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
            head = await reader.readuntil(b"\r\n\r\n")
            answer = await reader.readexactly(_content_length(head))
        except (ConnectionError, asyncio.IncompleteReadError):
            await self.close()
            return 0, b""
        if b"connection: close" in head.lower():
            await self.close()
        return int(head[9:12]), answer

    async def close(self) -> None:
        """Give the connection back."""
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection(self._host, self._port)
            except OSError as reason:
                raise StoreUnreachable(
                    f"the service does not answer: {reason.strerror or reason}",
                    where=f"{self._host}:{self._port}",
                    hint="start it with 'adplat serve' or give another address",
                ) from reason
        return self._streams


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
