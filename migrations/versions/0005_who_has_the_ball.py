"""Who has the ball follows from what is asked: when it had all arrived, and how often nothing new was said.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PURPOSES = "'acknowledged', 'updated', 'action_needed', 'reminder', 'deadline_passed', 'supplied', 'date_changed', 'delayed', 'still_working', 'corrected', 'finished', 'feedback'"


def upgrade() -> None:
    op.add_column("case", sa.Column("quiet_words", sa.Integer(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("purpose_word", "message", type_="check")
    op.create_check_constraint("purpose_word", "message", f"purpose IN ({PURPOSES})")
    op.drop_constraint("purpose_word", "stop", type_="check")
    op.create_check_constraint("purpose_word", "stop", f"purpose IS NULL OR purpose IN ({PURPOSES})")
