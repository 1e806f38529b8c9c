"""Butterfly places, and who is there

Revision ID: 0042
Revises: 0041
"""
from alembic import op
import sqlalchemy as sa


revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('butterfly',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('space_id', sa.Integer(), nullable=False),
    sa.Column('is_named', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_butterfly_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_butterfly_space_id_space'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_butterfly'))
    )
    with op.batch_alter_table('butterfly', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_butterfly_space_id'), ['space_id'], unique=False)

    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_butterfly', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_table('butterfly')
    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.drop_column('is_butterfly')
