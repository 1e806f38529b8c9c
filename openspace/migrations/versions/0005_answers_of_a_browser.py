"""answers kept without the browser's session, which held keys

The stored answers are deleted, for they hold these keys. A write that a phone repeats over the upgrade is done twice.

Revision ID: 0005
Revises: 0004

"""
from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.execute('DELETE FROM answer')
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_column('session')
        batch_op.add_column(sa.Column('flashes', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('seat', sa.String(length=64), nullable=False, server_default=''))


def downgrade():
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_column('seat')
        batch_op.drop_column('flashes')
        batch_op.add_column(sa.Column('session', sa.String(), nullable=False, server_default=''))
