"""The sheets for a power cut that are kept ready

Revision ID: 0038
Revises: 0037
"""
from alembic import op
import sqlalchemy as sa


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('powercut_sheet',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_powercut_sheet_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', 'made_on', name=op.f('pk_powercut_sheet'))
    )


def downgrade():
    op.drop_table('powercut_sheet')
