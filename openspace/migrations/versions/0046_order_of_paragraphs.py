"""Below which paragraph one was written, so that what arrives in any order is put in order

Revision ID: 0046
Revises: 0045
"""
from alembic import op
import sqlalchemy as sa


revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('note_paragraph', sa.Column('after', sa.String(length=40), nullable=False, server_default=''))


def downgrade():
    with op.batch_alter_table('note_paragraph', schema=None) as batch_op:
        batch_op.drop_column('after')
