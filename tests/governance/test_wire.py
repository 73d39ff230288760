"""Any reply survives the way through the outbox, and sealed text stays sealed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.core.forms import Field, Form
from frontline.core.reply import Button, Chart, Column, Item, Outcome, Paragraph, Quote, Reply, Table, Tone
from frontline.core.text import AnonymizedText, Provenance, RawText, seal
from frontline.governance.wire import reply_from_json, reply_to_json

line = st.text(max_size=30)
sealed = st.builds(lambda text: seal(text, Provenance("index@3", (("PERSON", 2),))), line)
cells = st.one_of(
    line, sealed, st.none(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False)
)
buttons = st.lists(st.builds(Button, line, line, line, st.sampled_from(Tone), line), max_size=2).map(tuple)
columns = st.lists(st.builds(Column, line, line, line), max_size=3).map(tuple)
rows = st.lists(st.lists(cells, max_size=3).map(tuple), max_size=3).map(tuple)
numbers = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=3).map(tuple)
series = st.lists(st.tuples(line, numbers), max_size=2).map(tuple)
parts = st.lists(
    st.one_of(
        st.builds(Paragraph, line),
        st.builds(Quote, sealed, line, buttons),
        st.builds(Item, st.one_of(line, sealed), line, buttons),
        st.builds(Table, line, columns, rows),
        st.builds(Chart, line, line, st.lists(line, max_size=3).map(tuple), series, line, line),
    ),
    max_size=3,
).map(tuple)
options = st.lists(st.tuples(line, line), max_size=2).map(tuple)
fields = st.lists(st.builds(Field, line, line, options=options), max_size=2).map(tuple)
forms = st.one_of(st.none(), st.builds(Form, line, line, fields, line, line, line))
answers = st.one_of(
    st.none(),
    st.fixed_dictionaries({"outcome": line, "rows": st.lists(st.lists(st.integers(), max_size=2), max_size=2)}),
)
replies = st.builds(
    Reply,
    line,
    context=line,
    parts=parts,
    buttons=buttons,
    outcome=st.sampled_from(Outcome),
    in_channel=st.booleans(),
    form=forms,
    answer=answers,
    replaces=st.booleans(),
    csv=st.one_of(st.none(), line),
    exit_code=st.integers(0, 4),
    warnings=st.lists(line, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(replies)
def test_a_reply_comes_back_as_it_went(reply: Reply) -> None:
    stored = json.loads(json.dumps(reply_to_json(reply)))
    assert reply_from_json(stored) == reply


def test_sealed_text_comes_back_sealed_with_its_provenance() -> None:
    text = seal("[CUSTOMER] was billed twice", Provenance("index@3", (("PERSON", 1),)))
    back = reply_from_json(reply_to_json(Reply("An example", parts=(Quote(text),))))
    [quote] = back.parts
    assert isinstance(quote, Quote)
    assert isinstance(quote.text, AnonymizedText)
    assert quote.text.provenance == text.provenance


def test_raw_text_never_gets_onto_the_wire() -> None:
    cell: Any = RawText("Anna de Vries")
    with pytest.raises(TypeError, match="RawText"):
        reply_to_json(Reply("x", parts=(Table("t", (Column("a", "A"),), ((cell,),)),)))


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    stored = reply_to_json(Reply("x")) | {"mood": "sunny"}
    assert reply_from_json(stored) == Reply("x")


@pytest.mark.parametrize("stored", [{}, {"$type": "Paragraph", "text": "x"}, {"$type": "Popen", "args": "ls"}])
def test_what_is_no_reply_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="reply|unknown part"):
        reply_from_json(stored)
