"""The tables, as SQLAlchemy Core sees them. Migrations create them; a test keeps the two the same.

Everything is keyed by site, so that a query without a site cannot be written by accident; except moderators with
their sign-ins, because one person may work several sites.
"""

from bot.store.schema.chat import faqs, questions
from bot.store.schema.columns import EPOCH, Document, Id, Moment, metadata, microseconds, moment
from bot.store.schema.embedding import nudges, profiles, seals, site_keys, votes
from bot.store.schema.inbound import arrivals, revisions, seen_deliveries, source_secrets, sources
from bot.store.schema.moderation import claims, comment_reasons, comments, decisions, idempotency, queue_counts, reports
from bot.store.schema.moving import coral_secrets, curves, examples, usage
from bot.store.schema.notices import notices
from bot.store.schema.numbers import tallies
from bot.store.schema.outbox import (
    attempts,
    deliveries,
    endpoint_events,
    endpoint_secrets,
    endpoints,
    event_sequences,
    events,
)
from bot.store.schema.privacy import erasures, shifts
from bot.store.schema.signing import moderator_roles, moderators, sessions, sign_in_links, sign_ins
from bot.store.schema.tenants import authors, keys, policies, sanctions, sites, threads

__all__ = [
    "EPOCH",
    "Document",
    "Id",
    "Moment",
    "arrivals",
    "attempts",
    "authors",
    "claims",
    "comment_reasons",
    "comments",
    "coral_secrets",
    "curves",
    "decisions",
    "deliveries",
    "endpoint_events",
    "endpoint_secrets",
    "endpoints",
    "erasures",
    "event_sequences",
    "events",
    "examples",
    "faqs",
    "idempotency",
    "keys",
    "metadata",
    "microseconds",
    "moderator_roles",
    "moderators",
    "moment",
    "notices",
    "nudges",
    "policies",
    "profiles",
    "questions",
    "queue_counts",
    "reports",
    "revisions",
    "sanctions",
    "seals",
    "seen_deliveries",
    "sessions",
    "shifts",
    "sign_in_links",
    "sign_ins",
    "site_keys",
    "sites",
    "source_secrets",
    "sources",
    "tallies",
    "threads",
    "usage",
    "votes",
]
