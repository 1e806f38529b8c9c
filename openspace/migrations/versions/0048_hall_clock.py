"""The clock of the hall: which guide is run there, its step, and when that ends

Revision ID: 0048
Revises: 0047
"""
from alembic import op
import sqlalchemy as sa


revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('hall_clock',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('guide', sa.String(length=60), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_hall_clock_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_hall_clock'))
    )


def downgrade():
    op.drop_table('hall_clock')
