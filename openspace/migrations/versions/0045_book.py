"""Files of the event's book, and the consent to stand in it

Revision ID: 0045
Revises: 0044
"""
from alembic import op
import sqlalchemy as sa


revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('book_file',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.Enum('pdf', 'a5.pdf', 'docx', 'html', 'epub', 'md', name='form', native_enum=False, length=10), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('agreed', sa.JSON(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_book_file_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_book_file_job_id_job'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('event_id', 'form', 'language', name=op.f('pk_book_file'))
    )
    with op.batch_alter_table('book_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_book_file_digest'), ['digest'], unique=False)

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prints_name', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_table('book_file')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_column('prints_name')
