"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failure",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("window_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_at"),
    )
    op.create_index("failure_window", "failure", ["window_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("footing", sa.String(), nullable=False),
        sa.Column("clock_offset", sa.Interval(), server_default="0", nullable=False),
        sa.CheckConstraint("footing IN ('sandbox', 'live')", name="footing_word"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "alert",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "kind", "subject"),
    )
    op.create_table(
        "audit",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
    )
    op.create_table(
        "definition",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id"),
        sa.UniqueConstraint("organisation_id", "service", "version"),
    )
    op.create_table(
        "source",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("patience", sa.Interval(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("registers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rhythm IN ('live', 'hourly', 'nightly', 'weekly')", name="rhythm_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id"),
        sa.UniqueConstraint("organisation_id", "name"),
    )
    op.create_table(
        "api_key",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "source_id"],
            ["source.organisation_id", "source.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id"),
    )
    op.create_index("api_key_digest", "api_key", ["digest"], unique=True)
    op.create_table(
        "case",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("waiting_on", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("unmapped", sa.Boolean(), nullable=False),
        sa.Column("needs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("known_facts", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("spoken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_word_on", sa.Date(), nullable=True),
        sa.Column("next_word_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_entry", sa.Uuid(), nullable=True),
        sa.Column("asked_entry", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("clock IN ('running', 'paused')", name="clock_word"),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('done', 'refused', 'withdrawn', 'merged')", name="outcome_word"
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state_word"),
        sa.CheckConstraint("waiting_on IN ('us', 'you', 'other')", name="waiting_on_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "source_id"],
            ["source.organisation_id", "source.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "register", "number", "epoch"),
    )
    op.create_index(
        "case_next_word",
        "case",
        ["organisation_id", "next_word_at"],
        unique=False,
        postgresql_where="next_word_at IS NOT NULL",
    )
    op.create_index("case_reference", "case", ["reference"], unique=True)
    op.create_index("case_stage", "case", ["organisation_id", "service", "stage"], unique=False)
    op.create_index(
        "case_wake", "case", ["organisation_id", "wake_at"], unique=False, postgresql_where="wake_at IS NOT NULL"
    )
    op.create_table(
        "heard",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("silence_told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "source_id"],
            ["source.organisation_id", "source.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "source_id"),
    )
    op.create_table(
        "entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("placement", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("parked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint(
            "placement IN ('applied', 'flagged', 'quarantined', 'corrected', 'held', 'unserved', 'parked', 'expired')",
            name="placement_word",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "case_id"],
            ["case.organisation_id", "case.mode", "case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "source_id"],
            ["source.organisation_id", "source.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "source_id", "event_id"),
    )
    op.create_index("entry_case", "entry", ["organisation_id", "mode", "case_id"], unique=False)
    op.create_index(
        "entry_parked",
        "entry",
        ["organisation_id", "mode", "register", "number"],
        unique=False,
        postgresql_where="case_id IS NULL",
    )
    op.create_index(
        "entry_parked_until",
        "entry",
        ["organisation_id", "parked_until"],
        unique=False,
        postgresql_where="parked_until IS NOT NULL",
    )
    op.create_index(
        "entry_quarantined",
        "entry",
        ["organisation_id", "service"],
        unique=False,
        postgresql_where="placement = 'quarantined'",
    )
    op.create_table(
        "promise",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("half_by_on", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=False),
        sa.Column("passes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("basis IN ('office')", name="basis_word"),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('kept', 'missed', 'withdrawn', 'could_not_tell')", name="outcome_word"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "case_id"],
            ["case.organisation_id", "case.mode", "case.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
    )
    op.create_index("promise_case", "promise", ["organisation_id", "mode", "case_id"], unique=False)
    op.create_index(
        "promise_passing",
        "promise",
        ["organisation_id", "passes_at"],
        unique=False,
        postgresql_where="outcome IS NULL AND superseded_at IS NULL",
    )
    op.create_table(
        "recipient",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="channel_word"),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "case_id"],
            ["case.organisation_id", "case.mode", "case.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "case_id", "party", "channel"),
    )
    op.create_table(
        "message",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IS NULL OR channel IN ('email', 'sms')", name="channel_word"),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint(
            "purpose IN ('acknowledged', 'updated', 'action_needed', 'still_working', 'corrected', 'finished')",
            name="purpose_word",
        ),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('adopted', 'no_recipient', 'no_channel', 'test_mode', 'superseded', 'budget_spent', 'source_silent')",
            name="reason_word",
        ),
        sa.CheckConstraint(
            "state IN ('due', 'held', 'withheld', 'sending', 'sent', 'delivered', 'unknown', 'failed')",
            name="state_word",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "case_id"],
            ["case.organisation_id", "case.mode", "case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "recipient_id"],
            ["recipient.organisation_id", "recipient.mode", "recipient.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "source_id"],
            ["source.organisation_id", "source.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "key"),
    )
    op.create_index("message_case", "message", ["organisation_id", "mode", "case_id"], unique=False)
    op.create_index(
        "message_due", "message", ["organisation_id", "due_at"], unique=False, postgresql_where="state = 'due'"
    )
    op.create_index(
        "message_held", "message", ["organisation_id", "source_id"], unique=False, postgresql_where="state = 'held'"
    )
    op.create_index(
        "message_lease",
        "message",
        ["organisation_id", "lease_until"],
        unique=False,
        postgresql_where="state = 'sending'",
    )
    op.create_table(
        "party",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("known_fact", sa.LargeBinary(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.CheckConstraint(
            "role IN ('applicant', 'joint_applicant', 'helper', 'adviser', 'business', 'appointee')", name="role_word"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "entry_id"],
            ["entry.organisation_id", "entry.mode", "entry.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "entry_id"),
    )
    op.create_table(
        "attempt",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "message_id"],
            ["message.organisation_id", "message.mode", "message.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
        sa.UniqueConstraint("organisation_id", "mode", "message_id", "number"),
    )
    op.create_table(
        "caught",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("caught_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name="mode_word"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mode", "id"],
            ["attempt.organisation_id", "attempt.mode", "attempt.id"],
        ),
        sa.PrimaryKeyConstraint("organisation_id", "mode", "id"),
    )
    op.create_index("caught_newest", "caught", ["id"], unique=False)


def downgrade() -> None:
    op.drop_index("caught_newest", table_name="caught")
    op.drop_table("caught")
    op.drop_table("attempt")
    op.drop_table("party")
    op.drop_index("message_lease", table_name="message", postgresql_where="state = 'sending'")
    op.drop_index("message_held", table_name="message", postgresql_where="state = 'held'")
    op.drop_index("message_due", table_name="message", postgresql_where="state = 'due'")
    op.drop_index("message_case", table_name="message")
    op.drop_table("message")
    op.drop_table("recipient")
    op.drop_index("promise_passing", table_name="promise", postgresql_where="outcome IS NULL AND superseded_at IS NULL")
    op.drop_index("promise_case", table_name="promise")
    op.drop_table("promise")
    op.drop_index("entry_quarantined", table_name="entry", postgresql_where="placement = 'quarantined'")
    op.drop_index("entry_parked_until", table_name="entry", postgresql_where="parked_until IS NOT NULL")
    op.drop_index("entry_parked", table_name="entry", postgresql_where="case_id IS NULL")
    op.drop_index("entry_case", table_name="entry")
    op.drop_table("entry")
    op.drop_table("heard")
    op.drop_index("case_wake", table_name="case", postgresql_where="wake_at IS NOT NULL")
    op.drop_index("case_stage", table_name="case")
    op.drop_index("case_reference", table_name="case")
    op.drop_index("case_next_word", table_name="case", postgresql_where="next_word_at IS NOT NULL")
    op.drop_table("case")
    op.drop_index("api_key_digest", table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("source")
    op.drop_table("definition")
    op.drop_table("audit")
    op.drop_table("alert")
    op.drop_table("organisation")
    op.drop_index("failure_window", table_name="failure")
    op.drop_table("failure")
