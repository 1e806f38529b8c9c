"""merging

Revision ID: 0031
Revises: 0030
"""
from alembic import op
import sqlalchemy as sa


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('merge_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_agrees', sa.Boolean(), nullable=False),
    sa.Column('second_agrees', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_merge_request_asked_by_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_merge_request_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_id'], ['topic.id'], name=op.f('fk_merge_request_first_id_topic'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['topic.id'], name=op.f('fk_merge_request_second_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge_request'))
    )
    with op.batch_alter_table('merge_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merge_request_asked_by_id'), ['asked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merge_request_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merge_request_first_id'), ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merge_request_second_id'), ['second_id'], unique=False)

    with op.batch_alter_table('interest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('own', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('counts', sa.Boolean(), server_default=sa.true(), nullable=False))

    op.execute("UPDATE interest SET own = kind")

    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('joint_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('merged_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('merged_by_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_topic_joint_id'), ['joint_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_topic_merged_into_id_topic'), 'topic', ['merged_into_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_topic_merged_by_id_member'), 'member', ['merged_by_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_topic_joint_id_topic'), 'topic', ['joint_id'], ['id'], ondelete='SET NULL')


def downgrade():
    op.drop_table('merge_request')
    with op.batch_alter_table('interest', schema=None) as batch_op:
        batch_op.drop_column('own')
        batch_op.drop_column('counts')
    with op.batch_alter_table('topic', schema=None) as batch_op:
        for column, table in (('merged_into_id', 'topic'), ('joint_id', 'topic'), ('merged_by_id', 'member')):
            batch_op.drop_constraint(batch_op.f(f'fk_topic_{column}_{table}'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_topic_joint_id'))
        batch_op.drop_index(batch_op.f('ix_topic_merged_into_id'))
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('joint_id')
        batch_op.drop_column('merged_at')
        batch_op.drop_column('merged_by_id')
