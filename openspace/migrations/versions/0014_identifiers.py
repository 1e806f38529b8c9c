"""permanent identifiers of placements in calendars, and of people in address books

Existing ones do not change: the identifiers made of an event's address and a row's number are stored.

Revision ID: 0014
Revises: 0013

"""
from alembic import op
import sqlalchemy as sa


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('uid_base', sa.String(length=60), nullable=True))
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.add_column(sa.Column('edits', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('uid', sa.String(length=120), nullable=True))

    op.execute("UPDATE event SET uid_base = slug")
    op.execute(
        "UPDATE topic SET changed_at = coalesce("
        "(SELECT max(placed_at) FROM placement WHERE placement.topic_id = topic.id), created_at)"
    )
    op.execute(
        "UPDATE placement SET uid = (SELECT event.slug FROM event JOIN topic ON topic.event_id = event.id"
        " WHERE topic.id = placement.topic_id) || '-' || placement.id || '@open-space'"
    )

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.alter_column('uid_base', existing_type=sa.String(length=60), nullable=False)
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.alter_column('changed_at', existing_type=sa.DateTime(timezone=True), nullable=False)
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.alter_column('uid', existing_type=sa.String(length=120), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_placement_uid'), ['uid'])

    op.create_table('cancelled',
    sa.Column('uid', sa.String(length=120), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_cancelled_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_cancelled'))
    )
    with op.batch_alter_table('cancelled', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cancelled_topic_id'), ['topic_id'], unique=False)


def downgrade():
    op.drop_table('cancelled')
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_placement_uid'), type_='unique')
        batch_op.drop_column('uid')
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.drop_column('changed_at')
        batch_op.drop_column('edits')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_column('uid_base')
