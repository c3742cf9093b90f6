"""Notices: endpoints that are people. Where they are, what they are told, and what they may decide by a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, literal_column, select

from bot import notice
from bot.comment import Comment, DecisionRecord, Status
from bot.notice import Found, Glance, Happening, Looked
from bot.signature import Secret
from bot.store import comments, decisions, endpoints, schema
from bot.store.documents import check_storable
from bot.store.endpoints import Endpoint, EndpointKind, NoSuchEndpoint, Wanted

_notices = schema.notices
_comments = schema.comments
_decisions = schema.decisions


@dataclass(frozen=True, slots=True)
class Reach:
    """How people are reached: under which name decisions of theirs are recorded, where, and how often at most.

    `address` holds secrets. `slack_secret` is what Slack signs with when a button is pressed; None: no buttons.
    """

    name: str
    address: str
    rest: timedelta
    shows_text: bool
    slack_secret: str | None = None

    @property
    def kind(self) -> EndpointKind:
        """Through Apprise, or in Slack with buttons."""
        return EndpointKind.NOTICE if self.slack_secret is None else EndpointKind.SLACK


@dataclass(frozen=True, slots=True)
class Notice:
    """An endpoint that is people, and the secrets that its tickets may be sealed with, newest first."""

    endpoint: Endpoint
    reach: Reach
    secrets: tuple[Secret, ...]

    @property
    def moderator(self) -> str:
        """Who decided, in the audit trail, where somebody used one of its tickets."""
        return f"notice {self.reach.name}"


@dataclass(frozen=True, slots=True)
class Subject:
    """The comment of a ticket and its whole audit trail, oldest first."""

    comment: Comment
    trail: tuple[DecisionRecord, ...]


def add(
    conn: Connection, site: str, endpoint_id: int, wanted: Wanted, reach: Reach, secret: Secret, now: datetime
) -> Notice:
    """Adds a notice; `wanted.url` is what may be shown of its address.

    Raises TooManyEndpoints, and ValueError for a NUL character or a lone surrogate.
    """
    check_storable(reach.name, reach.address, reach.slack_secret)
    endpoints.add(conn, site, endpoint_id, wanted, secret, now, reach.kind)
    conn.execute(
        _notices.insert(),
        {
            "endpoint_id": endpoint_id,
            "site": site,
            "name": reach.name,
            "address": reach.address,
            "rest_seconds": int(reach.rest.total_seconds()),
            "shows_text": reach.shows_text,
            "slack_secret": reach.slack_secret,
        },
    )
    return find(conn, site, endpoint_id, now)


def of(conn: Connection, site: str, now: datetime) -> list[Notice]:
    """The site's notices, oldest first."""
    return [
        find(conn, site, endpoint.id, now)
        for endpoint in endpoints.of(conn, site)
        if endpoint.kind is not EndpointKind.WEBHOOK
    ]


def find(conn: Connection, site: str, endpoint_id: int, now: datetime) -> Notice:
    """The site's notice with that id. Raises NoSuchEndpoint, also for a webhook."""
    endpoint = endpoints.find(conn, site, endpoint_id)
    row = conn.execute(select(_notices).where(_notices.c.endpoint_id == endpoint_id, _notices.c.site == site)).first()
    if row is None:
        raise NoSuchEndpoint(endpoint_id)
    kept = endpoints.secrets(conn, [endpoint_id], now)[endpoint_id]
    reach = Reach(row.name, row.address, timedelta(seconds=row.rest_seconds), row.shows_text, row.slack_secret)
    return Notice(endpoint, reach, tuple(one.secret for one in kept))


def anywhere(conn: Connection, endpoint_id: int, now: datetime) -> Notice:
    """The notice with that id, of whichever site: for what names no site and shows a seal. Raises NoSuchEndpoint."""
    site = conn.scalar(select(_notices.c.site).where(_notices.c.endpoint_id == endpoint_id))
    if site is None:
        raise NoSuchEndpoint(endpoint_id)
    return find(conn, site, endpoint_id, now)


def look(conn: Connection, site: str, happenings: Sequence[Happening]) -> Looked:
    """What a letter about these needs to know of the site's comments as they stand now."""
    ids = notice.subjects(happenings)
    seen = select(_comments.c.id, _comments.c.status, _comments.c.severity).where(
        # As in bot.store.comments: not the bare column, or SQLite would read all that the site has.
        _comments.c.id.in_(ids),
        _comments.c.site.concat(literal_column("''")) == site,
    )
    glances = {row.id: Glance(Status(row.status), row.severity) for row in conn.execute(seen)}
    found = comments.find_all(conn, site, notice.worst(happenings, glances))
    counted = (
        select(_decisions.c.comment_id, func.count().label("lines"))
        .where(_decisions.c.comment_id.in_([comment.id for comment in found]), _decisions.c.site == site)
        .group_by(_decisions.c.comment_id)
    )
    lines = {row.comment_id: row.lines for row in conn.execute(counted)}
    return Looked(glances, {comment.id: Found(comment, lines.get(comment.id, 0)) for comment in found})


def subject(conn: Connection, site: str, comment_id: int) -> Subject | None:
    """The comment with its trail; None where it is gone."""
    comment = comments.find(conn, site, comment_id)
    return None if comment is None else Subject(comment, tuple(decisions.of(conn, site, comment_id)))
