"""What broke rules before and after a step; as many former cells and closed spaces as there are

Revision ID: 0035
Revises: 0034
"""
from alembic import op
import sqlalchemy as sa


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.add_column(sa.Column('broken_before', sa.Text(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('broken_after', sa.Text(), nullable=False, server_default='[]'))
    # SQLite keeps texts of any length in either type.
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('topic', 'former_cells', type_=sa.Text())
        op.alter_column('slot', 'closed_spaces', type_=sa.Text())


def downgrade():
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('topic', 'former_cells', type_=sa.String(200), postgresql_using='left(former_cells, 200)')
        op.alter_column('slot', 'closed_spaces', type_=sa.String(400), postgresql_using='left(closed_spaces, 400)')
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.drop_column('broken_after')
        batch_op.drop_column('broken_before')
