"""notices to single members

Revision ID: 0006
Revises: 0005

"""
from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('member', sa.Column('notices_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE member SET notices_at = CURRENT_TIMESTAMP WHERE has_news")
    # Not as a batch: on SQLite that rebuilds the table, and rows that refer to it would be deleted with the old one.
    op.execute("ALTER TABLE member DROP COLUMN has_news")
    op.create_table('topic_notice',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_topic_notice_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_notice_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'topic_id', name=op.f('pk_topic_notice'))
    )
    with op.batch_alter_table('topic_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_notice_topic_id'), ['topic_id'], unique=False)


def downgrade():
    op.drop_table('topic_notice')
    op.add_column('member', sa.Column('has_news', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE member SET has_news = TRUE WHERE notices_at IS NOT NULL")
    op.execute("ALTER TABLE member DROP COLUMN notices_at")
