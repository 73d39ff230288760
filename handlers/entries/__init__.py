"""The explicit list: one line for everything that can be asked of Frontline, a file per family."""

from __future__ import annotations

from handlers.entries import (
    alerting,
    asking,
    attending,
    calling,
    categorizing,
    debriefing,
    defining,
    finding,
    knowing,
    loading,
    owning,
    pinning,
    practising,
    protecting,
    releasing,
    scripting,
    staffing,
    standing,
    surveying,
    tagging,
    theming,
    vouching,
)
from handlers.registry import Registry

# The order is the order of the help.
FAMILIES = (
    asking,
    standing,
    pinning,
    defining,
    surveying,
    vouching,
    tagging,
    categorizing,
    owning,
    theming,
    debriefing,
    knowing,
    scripting,
    finding,
    releasing,
    protecting,
    alerting,
    calling,
    staffing,
    practising,
    attending,
    loading,
)


def build_registry() -> Registry:
    """Return the registry of everything that can be asked."""
    return Registry([entry for family in FAMILIES for entry in family.entries()])
