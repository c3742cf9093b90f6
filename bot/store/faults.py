"""The one failure of the store that has nothing to do with what was asked."""


class StoreUnavailable(Exception):
    """SQL is away, full, or too busy: nothing of the call was stored, and it is worth trying again.

    One case cannot be known: a connection that breaks while PostgreSQL commits. Callers that must not store
    twice use an idempotency key, for which the second try answers with what the first one stored.
    """
