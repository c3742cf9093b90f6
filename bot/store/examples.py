"""Labelled examples of a site, in the order in which they came; a later one of the same text corrects the earlier."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.example import Example, ExampleSource, LabelledSpan, StoredExample
from bot.store import schema
from bot.store.documents import check_storable

_examples = schema.examples
_OF = (
    select(_examples)
    .where(_examples.c.site == bindparam("site"), _examples.c.id > bindparam("after"))
    .order_by(_examples.c.id)
    .limit(bindparam("limit"))
)


def add(conn: Connection, site: str, example_id: int, example: Example, now: datetime) -> None:
    """Keeps an example; its id is one of `mint_id`. Raises ValueError for a NUL character or a lone surrogate."""
    check_storable(example.text, example.language, example.community, example.reference, *example.context)
    conn.execute(
        _examples.insert(),
        {
            "id": example_id,
            "site": site,
            "source": example.source.value,
            "text": example.text,
            "labels": dict(example.labels),
            "spans": [[span.attribute, span.begin, span.end, span.value] for span in example.spans],
            "language": example.language,
            "context": list(example.context),
            "community": example.community,
            "reference": example.reference,
            "created_at": now,
        },
    )


def of(conn: Connection, site: str, after: int, limit: int) -> list[StoredExample]:
    """Up to `limit` examples whose ids come after that one (0: from the first), oldest first."""
    return [_read(row) for row in conn.execute(_OF, {"site": site, "after": after, "limit": limit})]


def _read(row: Row[*tuple[Any, ...]]) -> StoredExample:
    example = Example(
        text=row.text,
        labels=row.labels,
        source=ExampleSource(row.source),
        spans=tuple(LabelledSpan(*span) for span in row.spans),
        language=row.language,
        context=tuple(row.context),
        community=row.community,
        reference=row.reference,
    )
    return StoredExample(row.id, example, row.created_at)
