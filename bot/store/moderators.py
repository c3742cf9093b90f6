"""The people who work the queue: a name for all of Parley, a role on each site that they work for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.moderator import Moderator, Role
from bot.store import schema
from bot.store.documents import check_storable

_moderators = schema.moderators
_roles = schema.moderator_roles
_sessions = schema.sessions
_links = schema.sign_in_links
_FIND = select(_moderators.c.password_hash).where(_moderators.c.name == bindparam("name"))
_ROLES = select(_roles.c.site, _roles.c.role).where(_roles.c.moderator == bindparam("name")).order_by(_roles.c.site)


@dataclass(frozen=True, slots=True)
class ModeratorRecord:
    """A moderator as one site sees them; `seen_at` is None while no browser is signed in."""

    name: str
    role: Role
    has_password: bool
    sessions: int
    seen_at: datetime | None


def add(conn: Connection, site: str, name: str, role: Role, now: datetime) -> None:
    """Gives the person that role on the site, in place of the one they may have. The site must exist.

    Raises ValueError for a NUL character or a lone surrogate.
    """
    check_storable(name)
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(insert(_moderators).on_conflict_do_nothing(), {"name": name, "created_at": now})
    given = insert(_roles)
    conn.execute(
        given.on_conflict_do_update(index_elements=["site", "moderator"], set_={"role": given.excluded.role}),
        {"site": site, "moderator": name, "role": role.value},
    )


def remove(conn: Connection, site: str, name: str) -> bool:
    """Takes the role on the site away, and with the last role everything but the trail; False where there is none."""
    taken = conn.execute(delete(_roles).where(_roles.c.site == site, _roles.c.moderator == name)).rowcount == 1
    if taken and conn.execute(_ROLES, {"name": name}).first() is None:
        for table in (_links, _sessions):
            conn.execute(delete(table).where(table.c.moderator == name))
        conn.execute(delete(_moderators).where(_moderators.c.name == name))
    return taken


def of(conn: Connection, site: str) -> list[ModeratorRecord]:
    """The site's moderators, in the order of the alphabet."""
    asked = (
        select(
            _moderators.c.name,
            _roles.c.role,
            _moderators.c.password_hash,
            func.count(_sessions.c.token_hash).label("sessions"),
            func.max(_sessions.c.seen_at).label("seen_at"),
        )
        .join_from(_roles, _moderators, _roles.c.moderator == _moderators.c.name)
        .join(_sessions, _sessions.c.moderator == _moderators.c.name, isouter=True)
        .where(_roles.c.site == site)
        .group_by(_moderators.c.name, _roles.c.role, _moderators.c.password_hash)
        .order_by(_moderators.c.name)
    )
    return [
        ModeratorRecord(row.name, Role(row.role), row.password_hash is not None, row.sessions, row.seen_at)
        for row in conn.execute(asked)
    ]


def are_several(conn: Connection, site: str) -> bool:
    """Has the site more than one moderator?"""
    found = select(_roles.c.moderator).where(_roles.c.site == site).limit(2)
    return len(conn.execute(found).all()) > 1


def find(conn: Connection, name: str) -> Moderator | None:
    """The person of that name with all their roles."""
    row = conn.execute(_FIND, {"name": name}).first()
    if row is None:
        return None
    roles = {site: Role(role) for site, role in conn.execute(_ROLES, {"name": name})}
    return Moderator(name, roles, row.password_hash is not None)


def password_hash(conn: Connection, name: str) -> str | None:
    """What is kept of their password; None where they have none, or nobody has that name."""
    kept: str | None = conn.scalar(_FIND, {"name": name})
    return kept


def set_password(conn: Connection, name: str, kept: str) -> None:
    """Keeps the hash of a new password."""
    conn.execute(update(_moderators).where(_moderators.c.name == name).values(password_hash=kept))
