import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from frontline.core.clock import UTC
from frontline.core.text import AnonymizedText, Provenance, QuestionText, RawText, seal
from frontline.store.base import canonical_json, product_words, sealed_from_json, sealed_to_json
from frontline.store.models.talk import Tag, ThreadMemory
from frontline.store.models.work import Heartbeat
from frontline.store.work import Store

AT = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


def tag(words: Any) -> Tag:
    return Tag(tag_id="t1", at=AT, author_key="per_ana", text=words)


@pytest.mark.parametrize("words", ["a plain string", RawText("raw"), QuestionText("asked"), 7])
def test_a_sealed_column_takes_anonymized_text_alone(store: Store, words: Any) -> None:
    with store.unit() as unit:
        unit.session.add(tag(words))
        with pytest.raises(StatementError, match="takes AnonymizedText"):
            unit.session.flush()


def test_sealed_text_reads_back_sealed_with_its_provenance(store: Store) -> None:
    words = seal("[CUSTOMER] belt „zweimal“ an", Provenance("index@3", (("PERSON", 2), ("DATE_TIME", 1))))
    with store.unit() as unit:
        unit.session.add(tag(words))
        unit.commit()
    with store.read() as session:
        read = session.get(Tag, "t1")
        assert read is not None
        assert isinstance(read.text, AnonymizedText)
        assert (read.text, read.text.provenance) == (words, words.provenance)


def test_a_plain_string_does_not_even_compare(store: Store) -> None:
    with store.read() as session, pytest.raises(StatementError):
        session.query(Tag).where(Tag.text == "x").all()


@given(st.text(), st.text(max_size=9), st.lists(st.tuples(st.text(max_size=5), st.integers(0, 99)), max_size=3))
def test_the_stored_form_is_faithful(words: str, policy: str, counts: list[tuple[str, int]]) -> None:
    original = seal(words, Provenance(policy, tuple(counts)))
    back = sealed_from_json(sealed_to_json(original))
    assert (back, back.provenance) == (original, original.provenance)


def test_words_of_the_product_are_sealed_as_such() -> None:
    assert product_words("Recontact is up").provenance.policy == "product@1"
    words = seal("x", Provenance("index@1"))
    assert product_words(words) is words


def test_instants_are_stored_in_utc_and_read_back_aware(store: Store) -> None:
    local = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZoneInfo("Europe/Amsterdam"))
    with store.unit() as unit:
        unit.session.add(Heartbeat(name="a", at=local))
        unit.commit()
    with store.read() as session:
        assert session.execute(text("SELECT at FROM heartbeat")).scalar_one() == "2026-06-17 08:40:00.000000"
        row = session.get(Heartbeat, "a")
        assert row is not None
        assert (row.at, row.at.tzinfo) == (local, UTC)


def test_a_naive_instant_is_refused(store: Store) -> None:
    with store.unit() as unit:
        unit.session.add(Heartbeat(name="a", at=dt.datetime(2026, 6, 17)))
        with pytest.raises(StatementError, match="naive"):
            unit.session.flush()


@pytest.mark.parametrize(
    "value", [{"at": AT}, {"text": RawText("raw")}, {"text": product_words("x")}, {"x": float("nan")}]
)
def test_what_is_no_json_does_not_get_into_a_json_column(store: Store, value: dict[str, Any]) -> None:
    with store.unit() as unit:
        unit.session.add(ThreadMemory(thread_key="t", query=value, asker_key="a", at=AT))
        with pytest.raises(StatementError):
            unit.session.flush()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_canonical_json_has_one_spelling(value: dict[str, Any]) -> None:
    import json

    shuffled = dict(reversed(list(value.items())))
    assert canonical_json(shuffled) == canonical_json(value)
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)
