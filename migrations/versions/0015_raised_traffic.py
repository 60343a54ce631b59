"""What a running experiment's traffic was raised to, when, by whom and why.

A version before knows only the traffic that it began with: stop what was raised before going back.

Revision: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # What a row that is already there gets; a new row always tells its own.
    op.add_column("experiments", sa.Column("raises", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    op.drop_column("experiments", "raises")
