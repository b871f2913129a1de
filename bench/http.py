"""A small HTTP/1.1 client for many students at once: one keep-alive connection each, and event streams.

It shares the machine with the server it measures, so it does as little as a client can.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

CONNECT_LIMIT_S = 30.0
ANSWER_LIMIT_S = 60.0


@dataclass
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    cookies: dict[str, str] = field(default_factory=dict)


class Link:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"
        self.cookies: dict[str, str] = {}
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(self, path: str, body: bytes, content_type: str) -> Answer:
        return await self.ask("POST", path, body, content_type)

    async def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Answer:
        """One request; opens the connection if need be. Raises OSError when the server is not there."""
        start = time.perf_counter()
        reused = self._line is not None
        try:
            answer = await asyncio.wait_for(self._exchange(method, path, body, content_type), ANSWER_LIMIT_S)
        except (OSError, EOFError):
            self.close()
            if not reused:
                raise
            # The server had closed a connection left idle: a browser opens another one, too.
            answer = await asyncio.wait_for(self._exchange(method, path, body, content_type), ANSWER_LIMIT_S)
        answer.seconds = time.perf_counter() - start
        self.cookies |= answer.cookies
        return answer

    async def _exchange(self, method: str, path: str, body: bytes, content_type: str) -> Answer:
        reader = await self._send(method, path, body, content_type)
        status, headers, cookies = await _head(reader)
        if headers.get("transfer-encoding") == "chunked":
            content = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            content = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, content, 0.0, cookies)

    async def events(self, path: str) -> AsyncIterator[tuple[str, str]]:
        """Server-sent events until the server closes."""
        reader = await self._send("GET", path, b"", "")
        status, _, _ = await _head(reader)
        if status != 200:
            raise OSError(f"{path} : {status}")
        waiting = ""
        async for chunk in _chunks(reader):
            waiting += chunk.decode()
            *whole, waiting = waiting.split("\n\n")
            for block in whole:
                lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
                if "event" in lines:
                    yield lines["event"], lines.get("data", "")

    async def _send(self, method: str, path: str, body: bytes, content_type: str) -> asyncio.StreamReader:
        reader, writer = await self._connected()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        if path.startswith("/static/"):  # nothing here reads what comes compressed
            lines.append("Accept-Encoding: br, gzip")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            lines += [
                f"Origin: {self.origin}",
                f"Content-Type: {content_type}",
                f"Content-Length: {len(body)}",
            ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        return reader

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._line is None:
            opening = asyncio.open_connection("127.0.0.1", self.port)
            self._line = await asyncio.wait_for(opening, CONNECT_LIMIT_S)
        return self._line

    def close(self) -> None:
        if self._line is not None:
            self._line[1].close()
        self._line = None


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            cookies[key] = rest.split(";", 1)[0].strip('"')
        elif name:
            headers[name.lower()] = value
    return int(lines[0].split()[1]), headers, cookies


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readline()).strip() or b"0", 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
