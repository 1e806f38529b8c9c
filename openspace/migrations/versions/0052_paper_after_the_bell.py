"""Dots on paper, which are counted after the bell

Revision ID: 0052
Revises: 0051
"""
from alembic import op
import sqlalchemy as sa


revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('dot_round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('has_paper', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table('dot_round', schema=None) as batch_op:
        batch_op.drop_column('closed_at')
        batch_op.drop_column('has_paper')
