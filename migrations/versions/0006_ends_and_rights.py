"""How requests end and what the law gives: reversals, limits that pass, served decisions, survivors of a merger.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PURPOSES = (
    "'acknowledged', 'updated', 'action_needed', 'reminder', 'deadline_passed', 'supplied', 'date_changed', 'delayed', "
    "'still_working', 'corrected', 'reversed', 'finished', 'limit_passed', 'feedback'"
)
REASONS = (
    "'adopted', 'no_recipient', 'no_channel', 'test_mode', 'superseded', 'budget_spent', 'purpose_off', 'stopped', "
    "'bad_address', 'old_news', 'source_silent'"
)


def upgrade() -> None:
    op.add_column("case", sa.Column("served_on", sa.Date(), nullable=True))
    op.add_column("case", sa.Column("merged_into", sa.String(), nullable=True))
    op.add_column("case", sa.Column("end_in_doubt", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("case", sa.Column("statutory_on", sa.Date(), nullable=True))
    op.add_column("case", sa.Column("statutory_paused", sa.Boolean(), server_default="false", nullable=False))
    for table, check in (
        ("message", f"purpose IN ({PURPOSES})"),
        ("stop", f"purpose IS NULL OR purpose IN ({PURPOSES})"),
    ):
        op.drop_constraint("purpose_word", table, type_="check")
        op.create_check_constraint("purpose_word", table, check)
    op.drop_constraint("reason_word", "message", type_="check")
    op.create_check_constraint("reason_word", "message", f"reason IS NULL OR reason IN ({REASONS})")
