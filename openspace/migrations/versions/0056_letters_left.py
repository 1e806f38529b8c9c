"""When a backup was brought back, and since when a letter is refused

Revision ID: 0056
Revises: 0055
"""
from alembic import op
import sqlalchemy as sa


revision = '0056'
down_revision = '0055'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('follow_up_plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('restored_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('refused_since', sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_column('refused_since')
    with op.batch_alter_table('follow_up_plan', schema=None) as batch_op:
        batch_op.drop_column('restored_at')
