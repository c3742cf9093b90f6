"""The way out leads nowhere private, and no receiver, however it behaves, holds it up or fills it up."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from bot.delivery import Answer, Failure
from bot.fence import Fence, read_networks
from bot.posting import AddressForbidden, Posting, look_up
from tests.receivers import receiving, says

HERE = Fence(read_networks("127.0.0.1"))
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """A server that reads a request and then says what it likes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


@asynccontextmanager
async def posting(fence: Fence = HERE, **options: object) -> AsyncIterator[Posting]:
    way_out = Posting(fence, **options)  # type: ignore[arg-type]
    try:
        yield way_out
    finally:
        await way_out.close()


async def post(url: str, fence: Fence = HERE, within: float = 5.0) -> Answer:
    async with posting(fence, within=within) as way_out:
        return await way_out.post(url, {}, b"{}")


async def test_what_is_answered_is_kept_with_its_first_bytes() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"a\0\xff" + b"b" * 4997)
        await writer.drain()

    async with talking(talk) as url:
        answer = await post(url)
    assert (answer.status, answer.failure, answer.took) == (200, None, True)
    assert answer.begin == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}" + "b" * 1021


async def test_a_receiver_that_hangs_is_given_up() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with talking(talk) as url:
        assert (await post(url, within=0.2)).failure is Failure.TIMEOUT


async def test_headers_that_drip_are_given_up() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 999:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)

    async with talking(talk) as url:
        assert (await post(url, within=0.3)).failure is Failure.TIMEOUT


async def test_a_body_that_drips_is_not_waited_for() -> None:
    """The status was said: it is what counts."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with talking(talk) as url:
        answer = await post(url, within=0.3)
    assert answer.took
    assert answer.milliseconds < 2000


async def test_of_a_gigabyte_hardly_anything_is_read() -> None:
    sent = 0

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            writer.write(b"g" * 65536)
            await writer.drain()
            sent += 65536

    async with talking(talk) as url:
        answer = await post(url)
    assert (answer.took, len(answer.begin)) == (True, 1024)
    assert sent < 16_000_000


async def test_a_redirect_is_no_success_and_is_not_followed() -> None:
    for place in ("http://169.254.169.254/latest/meta-data/", "/elsewhere"):
        async with receiving(says(302, Location=place)) as receiver:
            answer = await post(receiver.url)
            assert (answer.status, answer.took, len(receiver.got)) == (302, False, 1)


async def test_junk_and_cut_off_answers_are_failures() -> None:
    for said in (b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 two hundred\r\n\r\n"):

        async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes = said) -> None:
            writer.write(said)
            await writer.drain()

        async with talking(talk) as url:
            assert (await post(url)).failure is Failure.BROKEN_ANSWER


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("99999999999999999", 10**9), ("soon", None), ("-1", None)]
)
async def test_retry_after_is_read_as_it_is_meant(asked: str, seconds: int | None) -> None:
    async with receiving(says(429, Retry_After=asked)) as receiver:
        wait = (await post(receiver.url)).wait
    assert (wait and wait.total_seconds()) == seconds


async def test_retry_after_may_be_a_date() -> None:
    async with receiving(says(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")) as receiver:
        wait = (await post(receiver.url)).wait
    assert wait is not None and wait.days > 365


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "localhost", "0"]
)
async def test_no_way_of_writing_this_machine_leads_to_it(host: str) -> None:
    async with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        for scheme in ("http", "https"):
            answer = await post(f"{scheme}://{host}:{port}", Fence())
            assert answer.status is None
        assert receiver.got == []


async def test_a_name_that_means_something_else_when_it_is_called_leads_nowhere() -> None:
    """It is public while the endpoint is added, and this machine afterwards."""
    answers: Iterator[list[str]] = iter([["93.184.216.34"], ["127.0.0.1"]])
    async with receiving() as receiver, posting(Fence(), look_up=lambda *_: next(answers)) as way_out:
        url = receiver.url.replace("http://127.0.0.1", "https://rebound.example")
        await way_out.check(url)
        assert (await way_out.post(url, {}, b"{}")).failure is Failure.FORBIDDEN_ADDRESS
        assert receiver.got == []


@pytest.mark.parametrize(
    ("url", "found", "why"),
    [
        ("https://example.org/", ["10.0.0.1"], "private network"),
        ("https://example.org/", ["93.184.216.34", "::1"], "private network"),
        ("http://example.org/", ["93.184.216.34"], "https://"),
        ("https://169.254.169.254/", ["169.254.169.254"], "private network"),
        ("gopher://example.org/", [], "must be a URL"),
    ],
)
async def test_an_endpoint_is_judged_when_it_is_added(url: str, found: list[str], why: str) -> None:
    async with posting(look_up=lambda *_: found) as way_out:
        with pytest.raises(AddressForbidden, match=why):
            await way_out.check(url)


async def test_an_endpoint_that_nobody_finds_is_refused() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with posting(look_up=nobody) as way_out:
        with pytest.raises(AddressForbidden, match="can be found"):
            await way_out.check("https://nobody.invalid/")
        assert (await way_out.post("https://nobody.invalid/", {}, b"{}")).failure is Failure.UNKNOWN_HOST


async def test_a_name_server_that_hangs_keeps_no_other_endpoint_waiting() -> None:
    """More of them than threads that asyncio would look up with."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(host: str, port: int) -> list[str]:
        if host.endswith(".slow"):
            asyncio.run_coroutine_threadsafe(over.wait(), loop).result()
        return look_up("127.0.0.1", port)

    async with receiving() as receiver, posting(look_up=slow) as way_out:
        hanging = [asyncio.create_task(way_out.post(f"http://{number}.slow/", {}, b"{}")) for number in range(40)]
        began = time.monotonic()
        assert (await way_out.post(receiver.url.replace("127.0.0.1", "quick.example"), {}, b"{}")).took
        assert time.monotonic() - began < 4
        over.set()
        await asyncio.gather(*hanging)
