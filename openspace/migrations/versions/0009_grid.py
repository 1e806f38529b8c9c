"""closed spaces, and undoing a change of the grid

Revision ID: 0009
Revises: 0008

"""
from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('space', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('grid_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_grid_change_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grid_change'))
    )
    with op.batch_alter_table('grid_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grid_change_event_id'), ['event_id'], unique=False)


def downgrade():
    op.drop_table('grid_change')
    op.execute("ALTER TABLE space DROP COLUMN closed_at")
