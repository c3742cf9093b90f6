"""Which policy is in force for a site: the newest stored one, or the defaults, which then become the first."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from bot.policy import Policy
from bot.store import policies
from bot.store.policies import PolicyChanged, PolicyVersion


def current_policy(conn: Connection, site: str, now: datetime) -> PolicyVersion:
    """The version in force. A site without one gets the defaults as version 1.

    So every verdict names a document that stays, whatever the defaults of a later Parley are.
    """
    stored = policies.current(conn, site)
    if stored is None:
        # Another process may be first; then its version, the same defaults, is in force.
        with suppress(PolicyChanged):
            policies.save(conn, site, Policy().model_dump(mode="json"), "Parley's defaults", now, after=0)
        return current_policy(conn, site, now)
    return stored
