"""The words of names are kept in one form for all ways of writing them: letters with strokes, and digraphs.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was kept had small letters without accents already. The rest is as in tracker/core/vocabulary/spelling/letters.py at
# the time: letters with strokes, signs beside letters (which go), digraphs. A script whose accents were dropped then is
# still found by the words as they were kept.
_FOLDED = r"""
    UPDATE party SET words = ARRAY(
        SELECT CASE WHEN plain ~ '[0-9]' THEN plain
            ELSE regexp_replace(regexp_replace(plain, 'a[ae]+', 'a', 'g'), '([ou])e+', '\1', 'g') END
        FROM (
            SELECT replace(replace(replace(
                translate(word, 'łøđðħıŧŋĸəɓɖɗƙƴɛɔƶɨʉƀǝیکʹʺʻʼʽʾʿˈˊˋˌـ', 'loddhitnqebddkyeoziubeيك'),
                'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') AS plain
            FROM unnest(words) AS word
        ) AS folded
    ) WHERE EXISTS (
        SELECT FROM unnest(words) AS word
        WHERE word ~ '[łøđðħıŧŋĸəɓɖɗƙƴɛɔƶɨʉƀǝیکʹʺʻʼʽʾʿˈˊˋˌـæœþ]|a[ae]|[ou]e')
"""


def upgrade() -> None:
    op.execute(_FOLDED)
