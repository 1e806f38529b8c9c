"""the security log

Revision ID: 0008
Revises: 0007

"""
from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('security_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.String(length=120), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('about_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['about_id'], ['member.id'], name=op.f('fk_security_entry_about_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_security_entry_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_security_entry_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_security_entry'))
    )
    with op.batch_alter_table('security_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_security_entry_about_id'), ['about_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_security_entry_by_id'), ['by_id'], unique=False)
        batch_op.create_index('ix_security_entry_event_id_at', ['event_id', 'at'], unique=False)


def downgrade():
    op.drop_table('security_entry')
