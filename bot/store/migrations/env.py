"""Alembic's way in: it runs on the connection and in the transaction that `migrations.upgrade` brings."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
