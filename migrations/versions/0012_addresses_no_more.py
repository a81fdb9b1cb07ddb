"""An address that the office gives no more stays on record for what went there, and nothing goes there any more.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipient", sa.Column("current", sa.Boolean(), server_default="true", nullable=False))
