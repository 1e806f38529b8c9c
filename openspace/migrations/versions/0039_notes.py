"""Notes of sessions, their next steps, and who was there

Revision ID: 0039
Revises: 0038
"""
from alembic import op
import sqlalchemy as sa


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('attendance',
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('is_named', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_attendance_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_attendance_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('topic_id', 'member_id', name=op.f('pk_attendance'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_member_id'), ['member_id'], unique=False)

    op.create_table('note_paragraph',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('part', sa.Enum('said', 'advice', name='part', native_enum=False, length=10), nullable=False),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('hand_id', sa.Integer(), nullable=True),
    sa.Column('hand_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['hand_id'], ['member.id'], name=op.f('fk_note_paragraph_hand_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_note_paragraph_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_paragraph')),
    sa.UniqueConstraint('topic_id', 'key', name=op.f('uq_note_paragraph_topic_id_key'))
    )
    with op.batch_alter_table('note_paragraph', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_paragraph_hand_id'), ['hand_id'], unique=False)

    op.create_table('note_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('who_id', sa.Integer(), nullable=True),
    sa.Column('who_name', sa.String(length=80), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_note_step_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_note_step_topic_id_topic'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['who_id'], ['member.id'], name=op.f('fk_note_step_who_id_member'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_step')),
    sa.UniqueConstraint('topic_id', 'key', name=op.f('uq_note_step_topic_id_key'))
    )
    with op.batch_alter_table('note_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_step_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_note_step_who_id'), ['who_id'], unique=False)

    op.create_table('note_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('paragraph_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('current', 'rival', 'past', name='state', native_enum=False, length=10), nullable=False),
    sa.Column('was_current', sa.Boolean(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_note_version_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['paragraph_id'], ['note_paragraph.id'], name=op.f('fk_note_version_paragraph_id_note_paragraph'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_version')),
    sa.UniqueConstraint('paragraph_id', 'key', name=op.f('uq_note_version_paragraph_id_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('note_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_version_by_id'), ['by_id'], unique=False)
        batch_op.create_index('ix_note_version_current', ['paragraph_id'], unique=True, sqlite_where=sa.text("state = 'current'"), postgresql_where=sa.text("state = 'current'"))


def downgrade():
    op.drop_table('note_version')
    op.drop_table('note_step')
    op.drop_table('note_paragraph')
    op.drop_table('attendance')
