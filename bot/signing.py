"""Signing in and out: a link that works once or a password becomes a session, and every step leaves a line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.moderator import Role, Session, SignInEvent
from bot.passwords import Passwords
from bot.store import moderators, sessions
from bot.store.database import Database
from bot.token import Token, token_hash

SEEN_EVERY: Final = timedelta(minutes=10)
"""How exactly the store knows when a session was last used; writing it with every request would cost more."""


@dataclass
class SignInRefused(Exception):
    """A link or a password that lets nobody in; the sentence says what to do and gives away nothing."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


_LINK = "This link was used before, or is older than a day. Ask for a new one."
_PASSWORD = "Name and password do not fit together. Check both, or ask for a link to sign in."  # noqa: S105


def give_link(conn: Connection, site: str, name: str, role: Role, link_hash: bytes, now: datetime) -> None:
    """Gives a person a role and a link in one transaction."""
    moderators.add(conn, site, name, role, now)
    sessions.give_link(conn, name, link_hash, now)


class Signing:
    """Lets moderators in and knows who is in; `address` is always where a request comes from, for the trail."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._passwords = Passwords()
        self._clock = clock

    async def by_link(self, link: str, address: str) -> str:
        """The token of a new session. Raises SignInRefused."""
        token, now = Token.fresh(), self._clock()

        def use(conn: Connection) -> bool:
            name = sessions.use_link(conn, token_hash(link), now)
            if name is None:
                return False
            sessions.begin(conn, name, token.hash, now)
            sessions.note(conn, name, SignInEvent.LINK_USED, address, now)
            return True

        if not await self._database.write(use):
            raise SignInRefused(_LINK)
        return token.text

    async def by_password(self, name: str, password: str, address: str) -> str:
        """The token of a new session. Raises SignInRefused."""
        kept = await self._database.read(moderators.password_hash, name)
        fits = await self._passwords.fits(password, kept)
        token, now = Token.fresh(), self._clock()

        def enter(conn: Connection) -> bool:
            # A password that was changed while this one was checked lets nobody in any more.
            right = fits and moderators.password_hash(conn, name) == kept
            if right:
                sessions.begin(conn, name, token.hash, now)
            if right or moderators.find(conn, name) is not None:
                event = SignInEvent.PASSWORD_USED if right else SignInEvent.PASSWORD_WRONG
                sessions.note(conn, name, event, address, now)
            return right

        if not await self._database.write(enter):
            raise SignInRefused(_PASSWORD)
        return token.text

    async def session(self, token: str) -> Session | None:
        """The session behind a token, where it is good; asked anew every time, so that a revoked one ends at once."""
        found, now = await self._database.read(sessions.find, token_hash(token)), self._clock()
        if found is None or not found.is_good(now):
            return None
        if now - found.seen_at > SEEN_EVERY:
            await self._database.write(sessions.seen, found.token_hash, now)
        return found

    async def set_password(self, session: Session, password: str, address: str) -> None:
        """A new password. Whoever is signed in anywhere else is signed out: they may know the old one."""
        kept, name, now = await self._passwords.hash(password), session.moderator.name, self._clock()

        def change(conn: Connection) -> None:
            moderators.set_password(conn, name, kept)
            sessions.end_all(conn, name)
            sessions.begin(conn, name, session.token_hash, now)
            sessions.note(conn, name, SignInEvent.PASSWORD_SET, address, now)

        await self._database.write(change)

    async def sign_out(self, session: Session, address: str, *, everywhere: bool) -> None:
        """Ends this session, or all that its moderator has."""
        name, now = session.moderator.name, self._clock()

        def leave(conn: Connection) -> None:
            if everywhere:
                sessions.end_all(conn, name)
            else:
                sessions.end(conn, session.token_hash)
            event = SignInEvent.SIGNED_OUT_EVERYWHERE if everywhere else SignInEvent.SIGNED_OUT
            sessions.note(conn, name, event, address, now)

        await self._database.write(leave)
