"""A stop may be of one request, a pause waits for an answer, and an address may be the wrong person's.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stop", sa.Column("case_id", sa.Uuid(), nullable=True))
    op.add_column("stop", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        None, "stop", "case", ["organisation_id", "mode", "case_id"], ["organisation_id", "mode", "id"]
    )
    op.drop_constraint("wish_word", "stop", type_="check")
    op.create_check_constraint("wish_word", "stop", "wish IN ('stop', 'start', 'pause', 'wrong_person')")
