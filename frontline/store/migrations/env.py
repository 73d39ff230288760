"""Alembic's environment: the connection comes from ``upgrade``, never from a configuration file."""

from __future__ import annotations

from alembic import context

from frontline.store import models
from frontline.store.base import Base

models.load()
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
