"""Questions may name the organisation's own words, and no word of the catalog loses its meaning by that."""

from frontline.catalog.loader import load_catalog
from frontline.store.intake.values import with_own_values
from tests.intake.conftest import Home


def load(home: Home, **columns: list[str]) -> None:
    names = list(columns)
    rows = [
        ",".join([str(n), "2026-05-01T10:00Z", *(columns[name][n] for name in names)])
        for n in range(len(columns[names[0]]))
    ]
    home.load(home.write("cases.csv", "\n".join([",".join(["case_id", "opened_at", *names]), *rows]) + "\n"))


def test_own_words_are_added_after_the_shipped_ones(home: Home) -> None:
    load(
        home, topic=["Leak"] * 3 + ["Meter Reading"] * 4 + ["billing"] * 3, region=["Bronx"] * 10, team_id=["NYPD"] * 10
    )
    shipped = load_catalog()
    catalog = with_own_values(shipped, home.facts)
    assert catalog.values("topic") == (*shipped.values("topic"), "meter reading", "leak")
    assert catalog.values("region")[-1] == "bronx"
    assert catalog.values("team")[-1] == "NYPD"
    assert shipped.values("region") == ("north", "east", "south", "west")


def test_rare_numeric_personal_and_taken_words_are_left_out(home: Home) -> None:
    load(
        home,
        topic=["backlog"] * 3 + ["12345"] * 3 + ["once"] + ["phone"] * 3,
        agent_id=["kim"] * 10,
        subtopic=["x"] * 10,
    )
    shipped = load_catalog()
    catalog = with_own_values(shipped, home.facts)
    assert catalog.values("topic") == shipped.values("topic")
    assert catalog.values("agent") == ()


def test_an_empty_home_changes_nothing(home: Home) -> None:
    catalog = load_catalog()
    assert with_own_values(catalog, home.facts) is catalog
