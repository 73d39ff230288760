"""Rows of dashboards: what was decided about a tile, by whom, in which quarter. Append-only; the last one holds."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, UtcInstant


class TileDecision(Base):
    """One decision about one tile: added, kept, retired, or merged into another one. A tile is a metric."""

    __tablename__ = "tile_decision"
    __table_args__ = (Index("ix_tile_decision_dashboard_metric", "dashboard", "metric"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    actor_key: Mapped[str] = mapped_column(String(40))
    dashboard: Mapped[str] = mapped_column(String(80))
    metric: Mapped[str] = mapped_column(String(80))
    decision: Mapped[str] = mapped_column(String(12))
    into: Mapped[str] = mapped_column(String(80), default="")
    quarter: Mapped[str] = mapped_column(String(8))
