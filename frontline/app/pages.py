"""The documentation pages that are made from the catalog: ``python -m frontline.app.pages`` writes them.

A test makes them again and compares, so that they cannot go out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from frontline.catalog.loader import Catalog, load_catalog
from handlers.entries import build_registry

DOCS = Path(__file__).parents[2] / "docs"
NOTE = "<!-- Made by `python -m frontline.app.pages`; do not edit by hand. -->\n\n"


def capabilities(catalog: Catalog) -> str:
    """The 42 duties: what is done, who uses it, where."""
    done = sum(row.status.value == "done" for row in catalog.capabilities.values())
    lines = [
        "# Capabilities\n",
        f"{done} of {len(catalog.capabilities)} are done: their example answers an allowed role and "
        "refuses a denied one through the sandbox, in a test.\n",
        "| id | title | status | roles | surface | example |",
        "|---|---|---|---|---|---|",
    ]
    for key, row in catalog.capabilities.items():
        roles = ", ".join(role.value for role in row.roles)
        lines.append(f"| {key} | {row.title} | {row.status.value} | {roles} | {row.surface} | `{row.example}` |")
    return "\n".join(lines) + "\n"


def permissions(catalog: Catalog) -> str:
    """Who may do what, before whom."""
    lines = [
        "# Permissions\n",
        "Default deny: what no row allows is refused, and the refusal is audited.\n",
        "| action | roles | audiences | scope | note |",
        "|---|---|---|---|---|",
    ]
    for row in catalog.permissions.permissions:
        roles = ", ".join(str(role) for role in row.roles)
        audiences = ", ".join(kind.value for kind in row.audiences)
        lines.append(f"| {row.action} | {roles} | {audiences} | {row.scope.value} | {row.note} |")
    return "\n".join(lines) + "\n"


def metrics(catalog: Catalog) -> str:
    """What every number means."""
    lines = [
        "# Metrics\n",
        "| key | title | definition | unit | better | default period | version |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, metric in catalog.metrics.items():
        meaning = " ".join(metric.definition.split())
        lines.append(
            f"| {key} | {metric.title} | {meaning} | {metric.unit} | {metric.direction} | "
            f"{metric.default_period.value} | {metric.version} |"
        )
    lines += ["\n# Dimensions\n", "| key | title | values |", "|---|---|---|"]
    for key, dimension in catalog.dimensions.items():
        lines.append(f"| {key} | {dimension.title} | {', '.join(catalog.values(key)) or 'as loaded'} |")
    return "\n".join(lines) + "\n"


def commands(catalog: Catalog) -> str:
    """What can be typed."""
    lines = ["# Commands\n", "| typed | what it does | permission | example |", "|---|---|---|---|"]
    for entry in build_registry().commands():
        example = f"`{entry.examples[0]}`" if entry.examples else ""
        lines.append(f"| `{entry.typed}` | {entry.summary} | {entry.permission} | {example} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[Catalog], str]] = {
    "capabilities.md": capabilities,
    "permissions.md": permissions,
    "metrics.md": metrics,
    "commands.md": commands,
}


def main() -> int:
    """Write every page."""
    catalog = load_catalog()
    for name, make in PAGES.items():
        (DOCS / name).write_text(NOTE + make(catalog), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
