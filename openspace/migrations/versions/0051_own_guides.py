"""Guides that organisers write for their event, with all versions

Revision ID: 0051
Revises: 0050
"""
from alembic import op
import sqlalchemy as sa


revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('own_guide',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('is_hidden', sa.Boolean(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('plan', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_own_guide_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_guide')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_own_guide_event_id_name'))
    )
    op.create_table('guide_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guide_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('plan', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['guide_id'], ['own_guide.id'], name=op.f('fk_guide_revision_guide_id_own_guide'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_revision')),
    sa.UniqueConstraint('guide_id', 'number', name=op.f('uq_guide_revision_guide_id_number'))
    )


def downgrade():
    op.drop_table('guide_revision')
    op.drop_table('own_guide')
