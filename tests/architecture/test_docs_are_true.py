"""Documentation that is made from the catalog is what the catalog says; links and commands in pages exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from frontline.app import pages
from frontline.catalog.loader import load_catalog

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == pages.NOTE + pages.PAGES[name](load_catalog()), "run: python -m frontline.app.pages"


@pytest.mark.parametrize(
    "page", sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_what_a_page_points_to_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    here = (ROOT / page).parent
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (here / target).exists(), f"{page} points to {target}"


def test_every_path_of_the_architecture_table_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split("## I want to")[1].split("\n## ")[0]
    for name in re.findall(
        r"`((?:frontline|handlers|bot|jobs|retrieval|anonymization|prompts|tests)/[\w./-]+)`", table
    ):
        assert (ROOT / name).exists(), name


def test_every_command_named_in_the_readme_exists() -> None:
    from frontline.app.main import build

    known = {command.name or command.callback.__name__ for command in build("").registered_commands if command.callback}
    known |= {group.name for group in build("").registered_groups}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`?\.?(?:venv/bin/)?frontline ([a-z]+)", text)) - {"is", "and", "in"}
    assert named <= known, named - known


def test_nothing_names_the_machine_it_was_made_on() -> None:
    wrong = []
    for path in ROOT.rglob("*"):
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".js", ".html", ".css"} and ".venv" not in path.parts:
            text = path.read_text(encoding="utf-8")
            if re.search(r"/(root|home/\w+|work)/", text) and "test_docs_are_true" not in path.name:
                wrong.append(str(path.relative_to(ROOT)))
    assert not wrong
