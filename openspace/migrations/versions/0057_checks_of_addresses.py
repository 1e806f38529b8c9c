"""Whether addresses belong to the members who gave them

Revision ID: 0057
Revises: 0056
"""
from alembic import op
import sqlalchemy as sa


revision = '0057'
down_revision = '0056'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('address_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sending', 'sent', 'bounced', 'aside', 'refused', name='letters', native_enum=False, length=10), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_address_check_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_check')),
    sa.UniqueConstraint('member_id', 'hash', name=op.f('uq_address_check_member_id_hash')),
    sqlite_autoincrement=True
    )


def downgrade():
    op.drop_table('address_check')
