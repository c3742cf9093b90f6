"""What columns are made of, the same on every database, and the collection of all tables."""

import datetime as dt

from sqlalchemy import BigInteger, Dialect, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeDecorator

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def microseconds(moment: dt.datetime) -> int:
    """How a Moment is stored."""
    return (moment - EPOCH) // _MICROSECOND


def moment(kept: int) -> dt.datetime:
    """What was meant by a stored Moment."""
    return EPOCH + kept * _MICROSECOND


class Moment(TypeDecorator[dt.datetime]):
    """An aware datetime, stored as whole microseconds since 1970 UTC: the same on every database, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base's
        """What the database keeps."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """What was meant."""
        return None if value is None else moment(value)


# SQLite keeps a table in the order of its INTEGER PRIMARY KEY only if the type is spelled exactly so.
Id = BigInteger().with_variant(Integer, "sqlite")
Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData()
