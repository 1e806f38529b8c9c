"""The calendars of members' days

Revision ID: 0037
Revises: 0036
"""
from alembic import op
import sqlalchemy as sa


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('my_calendar',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=False),
    sa.Column('alarm', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_my_calendar_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_my_calendar')),
    sa.UniqueConstraint('key', name=op.f('uq_my_calendar_key'))
    )


def downgrade():
    op.drop_table('my_calendar')
