"""Passwords as argon2 keeps them: slow to check on purpose, so that a stolen database does not tell them."""

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and checks, one at a time: each takes 64 MiB for a twentieth of a second, in a thread of its own."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._hasher = PasswordHasher()

    async def hash(self, password: str) -> str:
        """What may be kept of the password, with its salt and its cost."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Is it the password that was kept? Without one it is not, which takes as long, so that it tells nothing."""
        async with self._turn:
            return await asyncio.to_thread(self._fits, password, kept)

    def _fits(self, password: str, kept: str | None) -> bool:
        try:
            self._hasher.verify(kept or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(32))
