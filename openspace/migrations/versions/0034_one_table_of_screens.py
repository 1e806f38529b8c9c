"""one table of screens

Revision ID: 0034
Revises: 0033
"""
from alembic import op
import sqlalchemy as sa


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade():
    op.drop_table('slideshow_screen')


def downgrade():
    op.create_table('slideshow_screen',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('is_blank', sa.Boolean(), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_slideshow_screen_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', 'name', name=op.f('pk_slideshow_screen'))
    )
