"""Why somebody hears nothing: their role is not told, or somebody else is told at the same address.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("reason_word", "message", type_="check")
    op.create_check_constraint(
        "reason_word",
        "message",
        "reason IS NULL OR reason IN ('adopted', 'no_recipient', 'role_not_told', 'same_address', 'no_channel', 'test_mode', 'superseded', 'budget_spent', 'purpose_off', 'stopped', 'suppressed', 'bad_address', 'old_news', 'source_silent')",
    )
