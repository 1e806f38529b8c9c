"""stories

Revision ID: 0017
Revises: 0016
"""
from alembic import op
import sqlalchemy as sa


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('story',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=80), nullable=False),
    sa.Column('author_community', sa.String(length=80), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('space_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'shown', 'hidden', 'taken', name='state', native_enum=False, length=10), nullable=False),
    sa.Column('hidden_why', sa.String(length=200), nullable=False),
    sa.Column('in_hall', sa.Boolean(), nullable=False),
    sa.Column('in_book', sa.Boolean(), nullable=False),
    sa.Column('on_web', sa.Boolean(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('former_state', sa.Enum('waiting', 'shown', 'hidden', 'taken', name='state', native_enum=False, length=10), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_story_author_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_story_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_story_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_story_space_id_space'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_story_topic_id_topic'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story')),
    sa.UniqueConstraint('by_id', 'key', name=op.f('uq_story_by_id_key')),
    sa.UniqueConstraint('event_id', 'number', name=op.f('uq_story_event_id_number'))
    )
    with op.batch_alter_table('story', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_story_by_id'), ['by_id'], unique=False)
        batch_op.create_index('ix_story_event_id_state_shown_at', ['event_id', 'state', 'shown_at'], unique=False)

    op.create_table('story_comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_story_comment_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['story.id'], name=op.f('fk_story_comment_story_id_story'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story_comment')),
    sa.UniqueConstraint('member_id', 'key', name=op.f('uq_story_comment_member_id_key'))
    )
    with op.batch_alter_table('story_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_comment_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_story_comment_story_id'), ['story_id'], unique=False)

    op.create_table('story_mark',
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('heart', 'try', name='mark', native_enum=False, length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_story_mark_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['story.id'], name=op.f('fk_story_mark_story_id_story'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('story_id', 'member_id', 'kind', name=op.f('pk_story_mark'))
    )
    with op.batch_alter_table('story_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_mark_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stories_told', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('checks_stories', sa.Boolean(), server_default=sa.false(), nullable=False))



def downgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_column('checks_stories')
        batch_op.drop_column('stories_told')
    op.drop_table('story_mark')
    op.drop_table('story_comment')
    op.drop_table('story')
