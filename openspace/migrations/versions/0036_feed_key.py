"""A key with which conference apps read an event's programme

Revision ID: 0036
Revises: 0035
"""
from secrets import token_urlsafe

from alembic import op
import sqlalchemy as sa


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('feed_key', sa.String(length=40), nullable=True))
    connection = op.get_bind()
    for (ident,) in connection.execute(sa.text('SELECT id FROM event')).all():
        key = {'key': token_urlsafe(16), 'id': ident}
        connection.execute(sa.text('UPDATE event SET feed_key = :key WHERE id = :id'), key)
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.alter_column('feed_key', existing_type=sa.String(length=40), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_event_feed_key'), ['feed_key'])


def downgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_event_feed_key'), type_='unique')
        batch_op.drop_column('feed_key')
