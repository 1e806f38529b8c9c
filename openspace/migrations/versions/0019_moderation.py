"""moderation

Revision ID: 0019
Revises: 0018
"""
from alembic import op
import sqlalchemy as sa


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('silence',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_silence_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_silence_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_silence'))
    )
    with op.batch_alter_table('silence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_silence_event_id'), ['event_id'], unique=False)

    op.create_table('story_notice',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('hidden', 'shown', 'reported', name='kind', native_enum=False, length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_story_notice_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['story.id'], name=op.f('fk_story_notice_story_id_story'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'story_id', name=op.f('pk_story_notice'))
    )
    with op.batch_alter_table('story_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_notice_story_id'), ['story_id'], unique=False)

    op.create_table('story_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['comment_id'], ['story_comment.id'], name=op.f('fk_story_report_comment_id_story_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_story_report_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_story_report_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['story.id'], name=op.f('fk_story_report_story_id_story'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story_report')),
    sa.UniqueConstraint('story_id', 'comment_id', 'member_id', name=op.f('uq_story_report_story_id_comment_id_member_id'))
    )
    with op.batch_alter_table('story_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_report_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_story_report_member_id'), ['member_id'], unique=False)


def downgrade():
    op.drop_table('story_report')
    op.drop_table('story_notice')
    op.drop_table('silence')
