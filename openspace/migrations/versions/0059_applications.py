"""Applications with their fields, the links of their cities, and who read them

Revision ID: 0059
Revises: 0058
"""
from alembic import op
import sqlalchemy as sa


revision = '0059'
down_revision = '0058'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'handed-in', 'withdrawn', name='state', native_enum=False, length=10), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['call.event_id'], name=op.f('fk_application_event_id_call'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('event_id', 'number', name=op.f('uq_application_event_id_number'))
    )
    op.create_table('applicant_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('first', 'second', name='side', native_enum=False, length=10), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_applicant_link_application_id_application'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applicant_link')),
    sa.UniqueConstraint('application_id', 'side', name=op.f('uq_applicant_link_application_id_side')),
    sa.UniqueConstraint('key', name=op.f('uq_applicant_link_key'))
    )
    op.create_table('application_field',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_field_application_id_application'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['link_id'], ['applicant_link.id'], name=op.f('fk_application_field_link_id_applicant_link'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('application_id', 'name', name=op.f('pk_application_field'))
    )
    op.create_table('application_reading',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_reading_application_id_application'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_application_reading_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('application_id', 'member_id', name=op.f('pk_application_reading'))
    )


def downgrade():
    for table in ('application_reading', 'application_field', 'applicant_link', 'application'):
        op.drop_table(table)
