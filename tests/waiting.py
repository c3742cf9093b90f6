"""Waiting for a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Callable


async def eventually(ask: Callable[[], object], expected: object, seconds: float = 15.0) -> None:
    """Return as soon as `ask()` (awaited where it has to be) gives `expected`; fail with what it gave instead."""
    deadline = time.monotonic() + seconds
    while (given := await _answer(ask)) != expected:
        assert time.monotonic() < deadline, f"still {given!r} after {seconds:g} s, not {expected!r}"
        await asyncio.sleep(0.01)


async def _answer(ask: Callable[[], object]) -> object:
    given = ask()
    return await given if inspect.isawaitable(given) else given
