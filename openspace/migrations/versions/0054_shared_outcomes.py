"""Who lets a commitment stand on the public page of outcomes, and which commitments are hidden

Revision ID: 0054
Revises: 0052
"""
from alembic import op
import sqlalchemy as sa


revision = '0054'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('pledge', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('named_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('commitment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table('commitment', schema=None) as batch_op:
        batch_op.drop_column('hidden_at')
    with op.batch_alter_table('pledge', schema=None) as batch_op:
        batch_op.drop_column('named_at')
        batch_op.drop_column('shared_at')
