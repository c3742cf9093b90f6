"""By which curves a site reads Parley's scores as Perspective's: one set at a time, for the models it was fitted to."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.agreement import Curve
from bot.store import schema

_curves = schema.curves


def keep(conn: Connection, site: str, model: str, curves: Mapping[str, Curve], now: datetime) -> None:
    """From now on the site's scores by this version of the models are read so; what was kept before is forgotten."""
    forget(conn, site)
    for attribute, curve in curves.items():
        row = {"site": site, "attribute": attribute, "model": model, "created_at": now}
        conn.execute(_curves.insert(), row | {"points": [list(point) for point in curve.points]})


def of(conn: Connection, site: str) -> dict[tuple[str, str], Curve]:
    """The site's curves, by version of the models and attribute."""
    rows = conn.execute(select(_curves).where(_curves.c.site == site))
    return {(row.model, row.attribute): Curve(tuple((x, y) for x, y in row.points)) for row in rows}


def forget(conn: Connection, site: str) -> bool:
    """Scores are Parley's own again; False where they were all the time."""
    return conn.execute(delete(_curves).where(_curves.c.site == site)).rowcount > 0
