"""Who was in a session of those without a phone

Revision ID: 0044
Revises: 0043
"""
from alembic import op
import sqlalchemy as sa


revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('attendance_by_name',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_attendance_by_name_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_attendance_by_name_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_by_name'))
    )
    with op.batch_alter_table('attendance_by_name', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_by_name_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_by_name_topic_id'), ['topic_id'], unique=False)


def downgrade():
    op.drop_table('attendance_by_name')
