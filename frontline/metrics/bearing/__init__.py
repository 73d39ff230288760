"""Whether a word bears on the figure that is asked for, or is only talk around it: a small trained head on MiniLM."""

from __future__ import annotations

from frontline.metrics.bearing.head import LIGHT, Bearing, Head, open_head

__all__ = ["LIGHT", "Bearing", "Head", "open_head"]
