"""What all tables share."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.engine import Dialect

from gridmap.spatial.crs import WGS84_SRID

metadata = sa.MetaData()


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment. Stored as UTC on both databases, always handed back with its time zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn a moment into UTC; a moment without a time zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite forgets the time zone; it is UTC."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def geometry_column(name: str) -> sa.Column[Any]:
    """Describe a lon/lat geometry column; migrations create it through `dialect.add_geometry`."""
    return sa.Column(name, Geometry("GEOMETRY", srid=WGS84_SRID, spatial_index=False), nullable=False)


def personal(purpose: str) -> dict[str, str]:
    """
    Mark a column as personal, with what it is kept for; docs/privacy.md explains each purpose.

    `duty`: shown at the office anyway, public. `register`: who trades where, for roles that work with merchants.
    `work`: who was away, who did what at which stall, for those who plan and lead.
    `account`: who signs in, for administrators. `audit`: who did what, for administrators.
    """
    return {"personal": purpose}


def provenance_columns() -> tuple[sa.Column[Any], ...]:
    """Describe where a record of a ledger comes from and whether it was checked (`model.provenance`)."""
    return sa.Column("source", sa.String(64), nullable=False, default=""), sa.Column("verification", sa.String(16))
