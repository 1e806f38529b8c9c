"""The photos in notes, and the files that were made of them

Revision ID: 0043
Revises: 0042
"""
from alembic import op
import sqlalchemy as sa


revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('note_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('caption', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('coming', 'preparing', 'ready', 'failed', name='mediumstate', native_enum=False, length=10), nullable=False),
    sa.Column('upload_id', sa.String(length=32), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('problem', sa.String(length=20), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('placeholder', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_note_photo_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_note_photo_job_id_job'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_note_photo_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_photo')),
    sa.UniqueConstraint('topic_id', 'ref', name=op.f('uq_note_photo_topic_id_ref'))
    )
    with op.batch_alter_table('note_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_photo_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_note_photo_ref'), ['ref'], unique=False)

    op.create_table('note_photo_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('mimetype', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['photo_id'], ['note_photo.id'], name=op.f('fk_note_photo_file_photo_id_note_photo'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_photo_file'))
    )
    with op.batch_alter_table('note_photo_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_photo_file_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_note_photo_file_photo_id'), ['photo_id'], unique=False)


def downgrade():
    op.drop_table('note_photo_file')
    op.drop_table('note_photo')
