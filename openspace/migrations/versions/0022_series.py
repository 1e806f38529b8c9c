"""series

Revision ID: 0022
Revises: 0021
"""
from alembic import op
import sqlalchemy as sa


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('publishes_films', sa.Boolean(), nullable=False, server_default=sa.false()))

    op.create_table('series_film',
    sa.Column('medium_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('picture', sa.String(length=64), nullable=True),
    sa.Column('picture_size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_series_film_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['medium_id'], ['story_medium.id'], name=op.f('fk_series_film_medium_id_story_medium'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('medium_id', name=op.f('pk_series_film'))
    )
    with op.batch_alter_table('series_film', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_series_film_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_series_film_picture'), ['picture'], unique=False)

    op.create_table('series_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('medium_id', sa.Integer(), nullable=True),
    sa.Column('shape', sa.Enum('wide', 'square', name='shape', native_enum=False, length=10), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('problem', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_series_file_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_series_file_job_id_job'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['medium_id'], ['series_film.medium_id'], name=op.f('fk_series_file_medium_id_series_film'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series_file')),
    sa.UniqueConstraint('medium_id', 'shape', name=op.f('uq_series_file_medium_id_shape'))
    )
    with op.batch_alter_table('series_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_series_file_digest'), ['digest'], unique=False)
        batch_op.create_index('ix_series_file_whole', ['event_id', 'shape'], unique=True, sqlite_where=sa.text('medium_id IS NULL'), postgresql_where=sa.text('medium_id IS NULL'))


def downgrade():
    op.drop_table('series_file')
    op.drop_table('series_film')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_column('publishes_films')
