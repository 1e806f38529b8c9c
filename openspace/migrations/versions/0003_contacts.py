"""the contact book

Revision ID: 0003
Revises: 0002

"""
from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# The search index of cards, which differs between the databases: see openspace/contacts/finding/search.
SQLITE = (
    "CREATE VIRTUAL TABLE card_words USING fts5(name, rest, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3')",
    "CREATE VIRTUAL TABLE card_pieces USING fts5(words, tokenize = 'trigram')",
)
POSTGRESQL = (
    "CREATE TABLE card_words (member_id INTEGER PRIMARY KEY REFERENCES card ON DELETE CASCADE,"
    " words TEXT NOT NULL, lexemes TSVECTOR NOT NULL, pieces TEXT[] NOT NULL)",
    "CREATE INDEX ix_card_words_lexemes ON card_words USING gin (lexemes)",
    "CREATE INDEX ix_card_words_pieces ON card_words USING gin (pieces)",
)


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('months_kept', sa.Integer(), nullable=False, server_default='12'))
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('has_news', sa.Boolean(), nullable=False, server_default=sa.false()))

    op.create_table('card',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('occupation', sa.String(length=120), nullable=False),
    sa.Column('region', sa.String(length=80), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('about', sa.String(length=300), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('telegram', sa.String(length=64), nullable=False),
    sa.Column('signal', sa.String(length=120), nullable=False),
    sa.Column('whatsapp', sa.String(length=40), nullable=False),
    sa.Column('linkedin', sa.String(length=200), nullable=False),
    sa.Column('facebook', sa.String(length=200), nullable=False),
    sa.Column('web', sa.String(length=200), nullable=False),
    sa.Column('photo', sa.String(length=32), nullable=False),
    sa.Column('visibilities', sa.JSON(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('alphabet', sa.BigInteger(), nullable=False),
    sa.Column('in_book_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_card_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_card_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_card')),
    sa.UniqueConstraint('code', name=op.f('uq_card_code'))
    )
    op.create_index('ix_card_event_id_alphabet', 'card', ['event_id', 'alphabet'], unique=False)

    op.create_table('card_line',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['card.member_id'], name=op.f('fk_card_line_member_id_card'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'kind', 'place', name=op.f('pk_card_line'))
    )
    op.create_index('ix_card_line_kind_text', 'card_line', ['kind', 'text'], unique=False)

    op.create_table('card_photo',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('small', sa.LargeBinary(), nullable=False),
    sa.Column('large', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['card.member_id'], name=op.f('fk_card_photo_member_id_card'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_card_photo'))
    )

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('kept_until', sa.Date(), nullable=False),
    sa.Column('exports_card', sa.Boolean(), nullable=False),
    sa.Column('exports_details', sa.Boolean(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_consent_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_consent_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index('ix_consent_event_id', 'consent', ['event_id'], unique=False)
    op.create_index('ix_consent_member_id', 'consent', ['member_id'], unique=False)

    op.create_table('contact',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('is_news', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_contact_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['member.id'], name=op.f('fk_contact_other_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'other_id', name=op.f('pk_contact'))
    )
    op.create_index('ix_contact_other_id', 'contact', ['other_id'], unique=False)

    op.create_table('wish',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_news', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_wish_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['member.id'], name=op.f('fk_wish_other_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'other_id', name=op.f('pk_wish'))
    )
    op.create_index('ix_wish_other_id', 'wish', ['other_id'], unique=False)

    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(statement)


def downgrade():
    tables = ('card_words', 'wish', 'contact', 'consent', 'card_photo', 'card_line', 'card')
    if op.get_bind().dialect.name == 'sqlite':
        tables = ('card_pieces', *tables)
    for table in tables:
        op.drop_table(table)
    with op.batch_alter_table('member', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('has_news')
        batch_op.drop_column('seen_at')
    with op.batch_alter_table('event', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('months_kept')
