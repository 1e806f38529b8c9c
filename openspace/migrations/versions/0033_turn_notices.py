"""turn_notices

Revision ID: 0033
Revises: 0032
"""
from alembic import op
import sqlalchemy as sa


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('turn_notice',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Enum('next', 'now', name='turn', native_enum=False, length=8), nullable=False),
    sa.Column('is_read', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_turn_notice_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_turn_notice'))
    )


def downgrade():
    op.drop_table('turn_notice')
