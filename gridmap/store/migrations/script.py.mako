"""${message}"""

import sqlalchemy as sa
from alembic import op

from gridmap.store.dialect import add_geometry

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "raise NotImplementedError"}
