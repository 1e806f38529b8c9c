"""who withdrew a topic, and why

Revision ID: 0011
Revises: 0010

"""
from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withdrawn_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('withdrawn_why', sa.String(length=200), nullable=False, server_default=''))
        batch_op.create_foreign_key(batch_op.f('fk_topic_withdrawn_by_id_member'), 'member', ['withdrawn_by_id'], ['id'], ondelete='SET NULL')


def downgrade():
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_topic_withdrawn_by_id_member'), type_='foreignkey')
        batch_op.drop_column('withdrawn_why')
        batch_op.drop_column('withdrawn_by_id')
