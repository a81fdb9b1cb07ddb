"""Whoever was joined to another request hears of its end.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PURPOSES = (
    "'acknowledged', 'updated', 'action_needed', 'reminder', 'deadline_passed', 'supplied', 'date_changed', 'delayed', "
    "'still_working', 'corrected', 'reversed', 'finished', 'survivor_ended', 'limit_passed', 'feedback'"
)


def upgrade() -> None:
    for table, check in (
        ("message", f"purpose IN ({PURPOSES})"),
        ("stop", f"purpose IS NULL OR purpose IN ({PURPOSES})"),
    ):
        op.drop_constraint("purpose_word", table, type_="check")
        op.create_check_constraint("purpose_word", table, check)
    op.create_index(
        "case_joined",
        "case",
        ["organisation_id", "mode", "register", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
