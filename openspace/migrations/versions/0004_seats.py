"""a row for each signed-in browser, so that it can be signed out

Whoever is signed in stays signed in: the key of the personal link, which cookies held until now, becomes the token of a
seat.

Revision ID: 0004
Revises: 0003

"""
from datetime import datetime, timezone
from hashlib import sha256

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    seat = op.create_table('seat',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_seat_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_seat'))
    )
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seat_member_id'), ['member_id'], unique=False)
    member = sa.table('member', sa.column('id'), sa.column('key'), sa.column('left_at'))
    present = op.get_bind().execute(sa.select(member.c.id, member.c.key).where(member.c.left_at.is_(None))).all()
    now = datetime.now(timezone.utc)
    rows = [{'token_hash': sha256(key.encode()).hexdigest(), 'member_id': ident, 'made_at': now} for ident, key in present]
    op.bulk_insert(seat, rows)


def downgrade():
    op.drop_table('seat')
