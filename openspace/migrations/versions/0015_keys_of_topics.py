"""a topic remembers the key of the write that proposed it, which takes the place of the key of its draft

Revision ID: 0015
Revises: 0014

"""
from alembic import op
import sqlalchemy as sa


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_topic_convener_id_draft_key'), type_='unique')
        batch_op.alter_column(
            'draft_key', new_column_name='key', existing_type=sa.String(length=40), type_=sa.String(length=64)
        )
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_topic_convener_id_key'), ['convener_id', 'key'])


def downgrade():
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_topic_convener_id_key'), type_='unique')
        # A longer key is no draft's.
        batch_op.execute("UPDATE topic SET key = NULL WHERE length(key) > 40")
        batch_op.alter_column(
            'key', new_column_name='draft_key', existing_type=sa.String(length=64), type_=sa.String(length=40)
        )
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_topic_convener_id_draft_key'), ['convener_id', 'draft_key'])
