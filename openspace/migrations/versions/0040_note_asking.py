"""Who is asked for the notes of a session

Revision ID: 0040
Revises: 0039
"""
from alembic import op
import sqlalchemy as sa


revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('note_asking',
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('open', 'later', 'done', name='state', native_enum=False, length=8), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('again_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_note_asking_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_note_asking_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_note_asking_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('topic_id', 'member_id', name=op.f('pk_note_asking'))
    )
    with op.batch_alter_table('note_asking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_asking_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_note_asking_member_id'), ['member_id'], unique=False)


def downgrade():
    op.drop_table('note_asking')
