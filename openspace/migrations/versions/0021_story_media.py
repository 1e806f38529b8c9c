"""story_media

Revision ID: 0021
Revises: 0020
"""
from alembic import op
import sqlalchemy as sa


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('story_medium',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('photo', 'film', 'sound', name='mediumkind', native_enum=False, length=10), nullable=False),
    sa.Column('state', sa.Enum('coming', 'preparing', 'ready', 'failed', name='mediumstate', native_enum=False, length=10), nullable=False),
    sa.Column('upload_id', sa.String(length=32), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('problem', sa.String(length=20), nullable=False),
    sa.Column('alt', sa.String(length=300), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('seconds', sa.Double(), nullable=True),
    sa.Column('placeholder', sa.Text(), nullable=False),
    sa.Column('cut_from', sa.Double(), nullable=False),
    sa.Column('cut_length', sa.Double(), nullable=True),
    sa.Column('subtitles', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_story_medium_job_id_job'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['story_id'], ['story.id'], name=op.f('fk_story_medium_story_id_story'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story_medium')),
    sa.UniqueConstraint('story_id', 'ref', name=op.f('uq_story_medium_story_id_ref'))
    )
    with op.batch_alter_table('story_medium', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_medium_ref'), ['ref'], unique=False)

    op.create_table('story_rendition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('medium_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('mimetype', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['medium_id'], ['story_medium.id'], name=op.f('fk_story_rendition_medium_id_story_medium'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story_rendition'))
    )
    with op.batch_alter_table('story_rendition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_rendition_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_story_rendition_medium_id'), ['medium_id'], unique=False)


def downgrade():
    op.drop_table('story_rendition')
    op.drop_table('story_medium')
