"""An organisation says which country it is in; of what was sent as a known fact it is stored what it can be none of.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("organisation", "country", server_default=None)
    op.add_column("party", sa.Column("unfit_as", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("party", "unfit_as")
    op.alter_column("organisation", "country", server_default="GB")
