"""Letters that come back: addresses to which nothing goes, what becomes of the message, and tasks for staff.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REASONS = (
    "adopted",
    "no_recipient",
    "no_channel",
    "test_mode",
    "superseded",
    "budget_spent",
    "purpose_off",
    "stopped",
    "suppressed",
    "bad_address",
    "old_news",
    "source_silent",
)


def upgrade() -> None:
    op.create_table(
        "suppression",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="channel_word"),
        sa.CheckConstraint("step IN ('counted', 'suppressed', 'lifted')", name="step_word"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
    )
    op.create_index(
        "suppression_newest", "suppression", ["organisation_id", "mode", "channel", "digest", "at"], unique=False
    )
    op.create_table(
        "task",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint("kind IN ('tell_by_hand')", name="kind_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "case_id"], ["case.organisation_id", "case.mode", "case.id"]
        ),
        sa.ForeignKeyConstraint(["organisation_id", "done_by"], ["account.organisation_id", "account.id"]),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "kind", "cause"),
    )
    op.create_index("task_case", "task", ["organisation_id", "mode", "case_id"], unique=False)
    op.create_index(
        "task_open", "task", ["organisation_id", "mode", "due_on"], unique=False, postgresql_where="done_at IS NULL"
    )
    op.add_column("attempt", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.add_column("organisation", sa.Column("mail_paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recipient", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("reason_word", "message", type_="check")
    listed = ", ".join(f"'{each}'" for each in _REASONS)
    op.create_check_constraint("reason_word", "message", f"reason IS NULL OR reason IN ({listed})")
