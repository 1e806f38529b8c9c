"""locks

Revision ID: 0027
Revises: 0026
"""
from alembic import op
import sqlalchemy as sa


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('board_lock', sa.String(length=12), server_default='open', nullable=False))

    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lock', sa.String(length=12), server_default='open', nullable=False))


def downgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_column('board_lock')
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_column('lock')
