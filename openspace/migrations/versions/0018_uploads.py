"""uploads

Revision ID: 0018
Revises: 0017

"""
from alembic import op
import sqlalchemy as sa


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('upload',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('offset', sa.BigInteger(), nullable=False),
    sa.Column('piece_count', sa.Integer(), nullable=False),
    sa.Column('metadata_header', sa.String(length=1000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_taken', sa.Boolean(), nullable=False),
    sa.CheckConstraint('0 <= "offset" AND "offset" <= length', name=op.f('ck_upload_within_length')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_upload_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_upload_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_member_id'), ['member_id'], unique=False)
    op.create_table('upload_piece',
    sa.Column('upload_id', sa.String(length=32), nullable=False),
    sa.Column('start', sa.BigInteger(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_upload_piece_upload_id_upload'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('upload_id', 'start', name=op.f('pk_upload_piece'))
    )


def downgrade():
    op.drop_table('upload_piece')
    op.drop_table('upload')
