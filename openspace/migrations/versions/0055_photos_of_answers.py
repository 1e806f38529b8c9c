"""The photos of answers to what came of commitments, and the files that were made of them

Revision ID: 0055
Revises: 0054
"""
from alembic import op
import sqlalchemy as sa


revision = '0055'
down_revision = '0054'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('answer_photo',
    sa.Column('follow_up_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('coming', 'preparing', 'ready', 'failed', name='mediumstate', native_enum=False, length=10), nullable=False),
    sa.Column('upload_id', sa.String(length=32), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('problem', sa.String(length=20), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('placeholder', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_answer_photo_follow_up_id_follow_up'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_answer_photo_job_id_job'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_photo')),
    sa.UniqueConstraint('follow_up_id', name=op.f('uq_answer_photo_follow_up_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('answer_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_photo_ref'), ['ref'], unique=False)

    op.create_table('answer_photo_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('mimetype', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['photo_id'], ['answer_photo.id'], name=op.f('fk_answer_photo_file_photo_id_answer_photo'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_photo_file'))
    )
    with op.batch_alter_table('answer_photo_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_photo_file_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_photo_file_photo_id'), ['photo_id'], unique=False)


def downgrade():
    op.drop_table('answer_photo_file')
    op.drop_table('answer_photo')
