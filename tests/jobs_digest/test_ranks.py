"""Pain points with what their theme costs, ranked by weighted shortest job first, and the form that asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.render_text import render_text
from frontline.catalog.loader import load_catalog
from frontline.core.actor import PRIVATE
from frontline.core.errors import EngineError, NotFound, NotPermitted, UsageError
from frontline.core.forms import Field
from frontline.core.reply import Item, Reply
from frontline.governance import pain_points
from frontline.governance.pain_points import Submission
from handlers import pains
from handlers.desk import Work
from handlers.impact import TopicCost, rank, rank_words
from handlers.pain_decisions import PainArguments
from handlers.pains import SubmitArguments
from retrieval.theme_registry import ThemePeriod
from retrieval.themes import ThemeBook
from tests.jobs_digest.conftest import POLICY, ZONE, Office, words
from tests.retrieval.test_themes import about, load

CATALOG = load_catalog()


def submit(office: Office, who: str, title: str, *, theme: str = "", size: str = "", **more: str) -> str:
    texts = {name: words(text) for name, text in more.items()}
    given = Submission(words(title), theme_key=theme or None, size=size, **texts)  # type: ignore[arg-type]
    with office.store.unit() as unit:
        row = pain_points.submit(unit, office.actors[who], given, month="2026-06", policy=POLICY)
        row.submitted_at = dt.datetime(2026, 6, 2, 8, 0, tzinfo=dt.UTC)
        unit.commit()
        return row.pain_id


def themes_of_may(office: Office) -> ThemePeriod:
    return office.book.month(office.actors["lena"], kind="complaint", period="2026-05")


def asked(office: Office, what: Callable[[Work], Reply], *, book: ThemeBook | None = None, who: str = "sam") -> Reply:
    def nothing(*_: object, **__: object) -> None:
        raise NotFound("No costs are loaded.")

    desk = SimpleNamespace(
        policy=POLICY, catalog=CATALOG, zone=ZONE, themes=lambda: book or office.book,
        engine=SimpleNamespace(run=nothing), corpus=lambda: office.corpus,
    )  # fmt: skip
    with office.store.unit() as unit:
        work = Work(cast(Any, desk), cast(Any, None), office.actors[who], PRIVATE, unit.now, unit.session, unit)
        reply = what(work)
        unit.commit()
    return reply


def ranked(office: Office, costs: dict[str, TopicCost]) -> list[tuple[str, float | None, str]]:
    found = themes_of_may(office)
    with office.store.read() as session:
        views = pain_points.list_pains(session, office.actors["lena"], month="2026-06", policy=POLICY)
    return [(row.view.row.title.show(), row.score, rank_words(row, "EUR")) for row in rank(views, found, costs)]


def test_money_a_month_over_weeks_of_work_is_the_rank(office: Office) -> None:
    """All 14 of 14 complaints about "double" are of its theme, all 8 of 8 about "engineer" of the other."""
    load(office.corpus)
    found = themes_of_may(office)
    submit(office, "sam", "nobody knows what this costs", size="days")
    submit(office, "sam", "charged twice", theme=about(found, "double").key, size="months")
    submit(office, "mira", "the engineer comes late", theme=about(found, "engineer").key)
    costs = {"double": TopicCost(1000, 8000.0), "engineer": TopicCost(500, 6000.0)}
    assert ranked(office, costs) == [
        (
            "the engineer comes late",
            2000.0,
            "EUR 6,000 a month (4,100 to 6,000), work not said, taken as a few weeks: WSJF 2,000",
        ),
        (
            "charged twice",
            pytest.approx(8000 / 13),
            "EUR 8,000 a month (6,300 to 8,000), a few months of work: WSJF 620",
        ),
        ("nobody knows what this costs", None, "a few days of work"),
    ]


def test_what_was_merged_is_one_matter_with_the_money_of_its_theme_once_and_the_most_work_that_was_said(
    office: Office,
) -> None:
    load(office.corpus)
    theme = about(themes_of_may(office), "double").key
    one = submit(office, "sam", "charged twice", theme=theme, size="days")
    other = submit(office, "mira", "pays double", theme=theme, size="weeks")
    third = submit(office, "lena", "two invoices")
    with office.store.unit() as unit:
        for pain in (one, other):
            pain_points.merge(unit, office.actors["sam"], pain, into=third, policy=POLICY)
        unit.commit()
    costs = {"double": TopicCost(1000, 9000.0)}
    [(title, score, said)] = ranked(office, costs)
    assert (title, score) == ("two invoices", 3000.0)
    assert said.endswith("a few weeks of work: WSJF 3,000")


def test_the_digest_shows_them_by_rank_and_says_what_the_rank_is(office: Office) -> None:
    load(office.corpus)
    found = themes_of_may(office)
    submit(office, "sam", "charged twice", theme=about(found, "double").key, size="months")
    submit(office, "mira", "the engineer comes late", theme=about(found, "engineer").key, size="days")
    post = office.post()
    assert post.index("the engineer comes late\n1 source") < post.index("charged twice\n1 source")
    assert "EUR 6,000 a month" in post
    assert "WSJF 10,000" in post
    assert "WSJF: weighted shortest job first" in post


def test_without_figures_no_rank_is_claimed(office: Office) -> None:
    load(office.corpus)
    submit(office, "sam", "customers repeat their story", size="days")
    post = office.post()
    assert "customers repeat their story\n1 source · a few days of work" in post
    assert "WSJF" not in post


def form_of(office: Office, *, book: ThemeBook | None = None) -> Reply:
    """Do what the command without words does: what is slow first, and then the form in a unit that holds the lock."""
    desk = SimpleNamespace(themes=lambda: book or office.book, store=office.store, zone=ZONE, policy=POLICY)
    given = pains.look(cast(Any, desk), SubmitArguments())
    return asked(office, lambda work: pains.submit_or_ask(work, given), book=book)


def test_one_line_is_enough_and_a_letter_is_no_line(office: Office) -> None:
    line = SubmitArguments(title=words("they repeat their story"))
    said = asked(office, lambda work: pains.submit_or_ask(work, line))
    assert said.headline == "Submitted for the digest of 2026-07."
    letter = SubmitArguments(title=words("they repeat their story and " * 20))
    with pytest.raises(UsageError, match="300"):
        asked(office, lambda work: pains.submit_or_ask(work, letter))


def offered(reply: Reply) -> Field:
    assert reply.form is not None
    return next(field for field in reply.form.fields if field.key == "theme")


def test_the_form_offers_growing_themes_before_anybody_looked_at_the_month(office: Office) -> None:
    """Between the first of a month and its digest nobody has worked its themes out yet."""
    load(office.corpus)
    field = offered(form_of(office))
    growing = themes_of_may(office).themes[0]
    assert field.options[0] == (growing.key, f"{growing.label.show()} · growing"[:75])
    assert len(field.options) == len(themes_of_may(office).themes)
    assert all("growing" not in label for _, label in field.options[1:])


@pytest.mark.parametrize(
    "cause",
    [EngineError("The index is broken.", permanent=True), NotPermitted("Nobody counts themes.", policy_id="index")],
)
def test_the_form_opens_also_where_themes_cannot_be_worked_out(office: Office, cause: Exception) -> None:
    class Broken:
        def month(self, *_: object, **__: object) -> None:
            raise cause

    reply = form_of(office, book=cast(ThemeBook, Broken()))
    assert reply.form is not None
    assert "theme" not in {field.key for field in reply.form.fields}


def test_what_a_supervisor_wrote_is_read_by_who_decides(office: Office) -> None:
    one = submit(office, "sam", "charged twice", evidence="thirty calls a week", ask="stop the second run")
    other = submit(office, "mira", "pays double", evidence="letters too")
    with office.store.unit() as unit:
        pain_points.merge(unit, office.actors["sam"], other, into=one, policy=POLICY)
        unit.commit()
    lines = [part for part in office.run().posts[0].reply.parts if isinstance(part, Item)]
    [line] = [part for part in lines if part.detail.startswith("2 sources")]
    assert "Show" in [button.label for button in line.buttons]
    shown = asked(office, lambda work: pains.show(work, PainArguments(value=one)), who="lena")
    assert shown.for_one
    said = render_text(shown)
    for text in ("charged twice", "thirty calls a week", "stop the second run", "pays double", "letters too"):
        assert text in said
    assert "@sam" not in said


def test_the_same_said_again_adds_what_is_new_and_waits_for_an_answer_again(office: Office) -> None:
    pain = submit(office, "sam", "charged twice")
    with office.store.unit() as unit:
        pain_points.decide(unit, office.actors["lena"], pain, state="needs_data", policy=POLICY)
        unit.commit()
    assert submit(office, "sam", "charged twice", evidence="thirty calls a week", size="weeks") == pain
    with office.store.read() as session:
        row = pain_points.access_pain(session, office.actors["lena"], pain, policy=POLICY)
    assert (row.state, row.evidence, row.size) == ("open", words("thirty calls a week"), "weeks")
