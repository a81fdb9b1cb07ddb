"""Dates that stood in for learned ones, and the office's own, are counted apart.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("word", sa.Column("stand_ins_kept", sa.Integer(), server_default="0", nullable=False))
    op.add_column("word", sa.Column("stand_ins_broken", sa.Integer(), server_default="0", nullable=False))
    op.add_column("word", sa.Column("office_kept", sa.Integer(), server_default="0", nullable=False))
    op.add_column("word", sa.Column("office_broken", sa.Integer(), server_default="0", nullable=False))
