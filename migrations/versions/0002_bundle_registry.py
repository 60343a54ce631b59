"""Bundles remember what made them, deployments who made them and why.

Revision: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
# What a row that is already there gets; a new row always tells its own.
NONE, NOTHING, EMPTY = sa.text("0"), sa.text("''"), sa.text("'{}'")
BUNDLES = (
    ("rows", sa.BigInteger(), NONE),
    ("later_rows", sa.BigInteger(), NONE),
    ("data_since", MOMENT, None),
    ("data_until", MOMENT, None),
    ("fingerprint", sa.Text(), NOTHING),
    ("config", sa.JSON(), EMPTY),
    ("parent", sa.Text(), NOTHING),
    ("registered", MOMENT, sa.text("'1970-01-01 00:00:00'")),  # at once replaced by the moment of creation
    ("registered_by", sa.Text(), NOTHING),
)
DEPLOYMENTS = (
    ("kind", sa.Text(), sa.text("'deploy'")),
    ("by", sa.Text(), NOTHING),
    ("reason", sa.Text(), NOTHING),
    ("snapshot_id", sa.Text(), NOTHING),
    ("gates", sa.JSON(), EMPTY),
)


def upgrade() -> None:
    for table, columns in (("bundles", BUNDLES), ("deployments", DEPLOYMENTS)):
        for name, kind, filled in columns:
            op.add_column(table, sa.Column(name, kind, nullable=filled is None, server_default=filled))
    op.execute("UPDATE bundles SET registered = created")


def downgrade() -> None:
    for table, columns in (("deployments", DEPLOYMENTS), ("bundles", BUNDLES)):
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)
