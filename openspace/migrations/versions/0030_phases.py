"""phases

Revision ID: 0030
Revises: 0029
"""
from alembic import op
import sqlalchemy as sa


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phase', sa.String(length=12), server_default='', nullable=False))
        batch_op.add_column(sa.Column('opens_market', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('takes_topics', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('bowl_rings', sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_column('bowl_rings')
        batch_op.drop_column('takes_topics')
        batch_op.drop_column('opens_market')
        batch_op.drop_column('phase')
