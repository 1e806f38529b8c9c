"""Rounds of dots

Revision ID: 0049
Revises: 0048
"""
from alembic import op
import sqlalchemy as sa


revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('dot_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('per_person', sa.Integer(), nullable=False),
    sa.Column('is_stacked', sa.Boolean(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('going_on', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('givers', sa.Integer(), nullable=False),
    sa.Column('on_paper', sa.Integer(), nullable=False),
    sa.Column('unreadable', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_dot_round_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dot_round')),
    sa.UniqueConstraint('event_id', 'number', name=op.f('uq_dot_round_event_id_number'))
    )
    op.create_index(op.f('ix_dot_round_ends_at'), 'dot_round', ['ends_at'])

    op.create_table('paper_dots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('ident', sa.String(length=32), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_paper_dots_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['dot_round.id'], name=op.f('fk_paper_dots_round_id_dot_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_dots'))
    )
    op.create_index(op.f('ix_paper_dots_by_id'), 'paper_dots', ['by_id'])
    op.create_index(op.f('ix_paper_dots_round_id'), 'paper_dots', ['round_id'])

    op.create_table('sealed_dots',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_sealed_dots_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['dot_round.id'], name=op.f('fk_sealed_dots_round_id_dot_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'member_id', name=op.f('pk_sealed_dots'))
    )
    op.create_index(op.f('ix_sealed_dots_member_id'), 'sealed_dots', ['member_id'])

    op.create_table('dot_reopening',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('new_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['new_id'], ['topic.id'], name=op.f('fk_dot_reopening_new_id_topic'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['dot_round.id'], name=op.f('fk_dot_reopening_round_id_dot_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_dot_reopening_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'topic_id', name=op.f('pk_dot_reopening')),
    sa.UniqueConstraint('new_id', name=op.f('uq_dot_reopening_new_id'))
    )
    op.create_index(op.f('ix_dot_reopening_topic_id'), 'dot_reopening', ['topic_id'])

    op.create_table('dot_topic',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('dots', sa.Integer(), nullable=False),
    sa.Column('on_paper', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['dot_round.id'], name=op.f('fk_dot_topic_round_id_dot_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_dot_topic_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'place', name=op.f('pk_dot_topic'))
    )
    op.create_index(op.f('ix_dot_topic_topic_id'), 'dot_topic', ['topic_id'])


def downgrade():
    op.drop_table('dot_topic')
    op.drop_table('dot_reopening')
    op.drop_table('sealed_dots')
    op.drop_table('paper_dots')
    op.drop_table('dot_round')
