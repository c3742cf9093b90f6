"""The way out: posts a body to an address that somebody else chose, and never to one that the fence forbids.

Every address is judged when a connection is made, whether it was written down or looked up: what a name meant a moment
ago is not asked. No redirect is followed, no proxy of the environment is used, and an answer is never waited for longer
or read further than is stated here.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from bot import __version__
from bot.delivery import Answer, Failure
from bot.fence import BadAddress, Fence, split

WITHIN: Final = 15.0
"""Seconds in which the status must be there."""

_CONNECTED_WITHIN: Final = 5.0
_BODY_WITHIN: Final = 2.0
_MOST_BYTES: Final = 64 * 1024
_KEPT: Final = 1024
_LOOKED_UP_WITHIN: Final = 5.0
_LOOK_UPS: Final = 256
_CONNECTIONS: Final = 1024
_REMEMBERED: Final = 10
_IDLE: Final = 5.0

LookUp = Callable[[str, int], list[str]]


class _Forbidden(OSError):
    """The fence forbids the address."""


class AddressForbidden(Exception):
    """An endpoint may not be there; the message says why, and what an operator can do about it."""


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class Posting:
    """Connections to the outside; `fence` says where they may lead. Close it before the event loop ends."""

    def __init__(self, fence: Fence, look_up: LookUp = look_up, within: float = WITHIN) -> None:
        """`look_up` finds a host's addresses, in threads of its own; a status must be there `within` seconds."""
        self._fence = fence
        self._within = within
        self._resolver = _Resolver(look_up)
        self._sessions = {
            "https": _session(self._resolver, fence.permits),
            "http": _session(self._resolver, fence.permits_plain),
        }

    async def check(self, url: str) -> None:
        """Raises AddressForbidden unless an endpoint may have this URL, as far as it can be told now."""
        try:
            scheme, host, port = split(url)
        except BadAddress as error:
            raise AddressForbidden(str(error)) from error
        try:
            addresses = [one["host"] for one in await self._resolver.resolve(host, port)]
        except OSError as error:
            raise AddressForbidden("must name a host that can be found") from error
        if not all(map(self._fence.permits, addresses)):
            raise AddressForbidden(
                "must not lead into a private network; the operator can allow it with PARLEY_WEBHOOK_ALLOW"
            )
        if scheme == "http" and not all(map(self._fence.permits_plain, addresses)):
            raise AddressForbidden(
                "must begin with https://; only addresses that PARLEY_WEBHOOK_ALLOW names do without"
            )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Posts JSON there, and whatever happens is an Answer. A whole attempt takes at most 17 seconds."""
        began = time.monotonic()
        try:
            status, begin, wait = await self._ask(url, headers, body)
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            return Answer(None, _failure(error), _milliseconds(began))
        return Answer(status, None, _milliseconds(began), begin, wait)

    async def close(self) -> None:
        """Lets go of every connection."""
        for session in self._sessions.values():
            await session.close()
        await self._resolver.close()

    async def _ask(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, timedelta | None]:
        scheme, _, _ = split(url)
        async with asyncio.timeout(self._within):
            response = await self._sessions[scheme].post(
                url, data=body, headers={"Content-Type": "application/json", **headers}, allow_redirects=False
            )
        # The status decides; what else is said is kept for people and not waited for.
        begin, whole = b"", False
        with suppress(aiohttp.ClientError, OSError, ValueError, TimeoutError):
            async with asyncio.timeout(min(_BODY_WITHIN, self._within)):
                begin, whole = await _begin(response.content)
        if whole:
            response.release()
        else:
            response.close()
        return response.status, _readable(begin), _wait(response.headers.get("Retry-After"), datetime.now(UTC))


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own, so that one that takes long keeps nothing else waiting."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="look-up")

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the base's
    ) -> list[ResolveResult]:
        looking = asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host, port)
        try:
            addresses = await asyncio.wait_for(looking, _LOOKED_UP_WITHIN)
        except TimeoutError as error:
            raise OSError(f"{host} was not found in time") from error
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _session(resolver: AbstractResolver, permits: Callable[[str], bool]) -> aiohttp.ClientSession:
    def open_socket(address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, place = address
        if not permits(str(place[0])):
            raise _Forbidden("The address is not one that may be called.")
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    connector = aiohttp.TCPConnector(
        resolver=resolver,
        socket_factory=open_socket,
        limit=_CONNECTIONS,
        ttl_dns_cache=_REMEMBERED,
        keepalive_timeout=_IDLE,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=_CONNECTED_WITHIN),
        trust_env=False,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"Parley/{__version__}", "Accept-Encoding": "identity"},
    )


async def _begin(content: aiohttp.StreamReader) -> tuple[bytes, bool]:
    """The first bytes of an answer, and whether it was short enough to be read to its end."""
    begin, read = b"", 0
    while read <= _MOST_BYTES:
        chunk = await content.read(_MOST_BYTES)
        if not chunk:
            return begin, True
        read += len(chunk)
        begin = (begin + chunk)[:_KEPT]
    return begin, False


def _readable(begin: bytes) -> str:
    # A NUL character is what PostgreSQL cannot keep.
    return begin.decode("utf-8", "replace").replace("\0", "�")


def _wait(asked: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After asks for: seconds or a date (RFC 9110, 10.2.3)."""
    if asked is None:
        return None
    asked = asked.strip()
    if asked.isascii() and asked.isdigit():
        return timedelta(seconds=min(int(asked[:12]), 10**9))
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(asked) - now, timedelta(0))
    return None


def _failure(error: Exception) -> Failure:
    # Any: aiohttp hides what happened in one of several attributes.
    causes: list[Any] = [error, error.__cause__, getattr(error, "os_error", None)]
    causes += list(getattr(error.__cause__, "exceptions", ()))
    kinds: list[tuple[type[BaseException], Failure]] = [
        (_Forbidden, Failure.FORBIDDEN_ADDRESS),
        (TimeoutError, Failure.TIMEOUT),
        (aiohttp.ClientConnectorDNSError, Failure.UNKNOWN_HOST),
        (aiohttp.ClientSSLError, Failure.TLS),
        (ssl.SSLError, Failure.TLS),
        (aiohttp.ClientConnectorError, Failure.REFUSED),
    ]
    for kind, failure in kinds:
        if any(isinstance(cause, kind) for cause in causes):
            return failure
    return Failure.BROKEN_ANSWER


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
