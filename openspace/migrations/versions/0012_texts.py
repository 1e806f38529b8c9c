"""texts in Unicode's composed form, and cards in the order of whole names

Sort keys and the search index are rebuilt after every upgrade: see openspace.store.database.when_upgraded.

Revision ID: 0012
Revises: 0011

"""
from unicodedata import normalize

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

# Table, its primary key, and the columns with text that people typed.
TEXTS = (
    ('event', ['id'], ['name', 'city']),
    ('space', ['id'], ['name']),
    ('slot', ['id'], ['title']),
    ('member', ['id'], ['name', 'community', 'email']),
    ('topic', ['id'], ['title', 'text']),
    ('card', ['member_id'], ['occupation', 'region', 'about', 'email', 'signal', 'linkedin', 'facebook', 'web']),
    ('card_line', ['member_id', 'kind', 'place'], ['text']),
    ('contact', ['member_id', 'other_id'], ['place', 'note']),
)


def upgrade():
    for name, key, columns in TEXTS:
        _compose(sa.table(name, *map(sa.column, [*key, *columns])), key, columns)
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    kind = sa.Text() if is_sqlite else sa.Text(collation='C')
    op.add_column('card', sa.Column('sort_key', kind, nullable=False, server_default=''))
    op.drop_index('ix_card_event_id_alphabet', table_name='card')
    # Not as a batch: on SQLite that rebuilds the table, and rows that refer to it would be deleted with the old one.
    op.drop_column('card', 'alphabet')
    op.create_index('ix_card_event_id_sort_key', 'card', ['event_id', 'sort_key'], unique=False)


def downgrade():
    op.drop_index('ix_card_event_id_sort_key', table_name='card')
    op.drop_column('card', 'sort_key')
    op.add_column('card', sa.Column('alphabet', sa.BigInteger(), nullable=False, server_default='0'))
    op.create_index('ix_card_event_id_alphabet', 'card', ['event_id', 'alphabet'], unique=False)


def _compose(table, key, columns):
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).mappings().all():
        # Composing makes a few texts longer; one that no longer fits its column is left as it is.
        composed = {
            column: normalize('NFC', row[column])
            for column in columns
            if row[column] and len(normalize('NFC', row[column])) <= len(row[column])
        }
        changed = {column: text for column, text in composed.items() if text != row[column]}
        if changed:
            same = [table.c[column] == row[column] for column in key]
            connection.execute(table.update().where(*same).values(**changed))
