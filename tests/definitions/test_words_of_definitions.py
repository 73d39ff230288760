"""What a definition keeps of the words that people type passes the gate: no person stands in a filter or a name."""

from __future__ import annotations

import json

import pytest

from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.core.reply import Outcome
from frontline.core.text import RawText
from handlers.arguments import pass_gate
from handlers.contests import DefineArguments, MetricArguments, as_button, look, of_button


def file(key: str = "fast_answers", measure: str = "quick", value: str = "answered") -> str:
    tests = [{"column": "outcome", "among": [value]}]
    own = {measure: {"model": "interactions", "aggregate": "count", "where": tests}}
    return json.dumps({"metrics": {key: {"kind": "ratio", "numerator": measure}}, "measures": own})


def test_a_filter_or_a_file_that_names_a_person_is_refused(house: House) -> None:
    for where in ("channel in phone, Jan Jansen", "channel not in jan-jansen", "topic is Jan Jansen"):
        reply = house.ask("ops", f'metric define aht --where "{where}"', person="sam")
        assert reply.outcome is Outcome.FAILED
        assert "may not hold a name" in reply.headline
    for spec in (file("jan_jansen"), file(measure="jan jansen"), file(value="Jan Jansen")):
        with pytest.raises(UsageError, match="may not hold a name"):
            look(house.desk, DefineArguments(spec=spec))


def test_words_of_the_desk_pass(house: House) -> None:
    for where in ("channel not in email, portal", "team in Aurora", "topic in mobile data", "wait_s <= 60"):
        arguments = DefineArguments(value="aht", options=json.dumps({"where": where}))
        assert look(house.desk, arguments) == arguments
    assert look(house.desk, DefineArguments(spec=file())).spec


def test_the_button_of_a_comparison_carries_all_that_was_compared(house: House) -> None:
    gate = house.gate
    words = {"definition": "Contacts without a repeat.", "title": "Solved at once", "reason": "as in the contract"}
    looked = DefineArguments(
        value="fcr_rate",
        options=json.dumps({"window": "14"}),
        start="2026-03-01",
        end="2026-05-31",
        grain="week",
        **{name: pass_gate(RawText(text), gate=gate) for name, text in words.items()},
    )
    carried = of_button(house.desk, MetricArguments(value=as_button(looked)))
    assert (carried.value, carried.options, carried.start, carried.end, carried.grain) == (
        "fcr_rate", '{"window": "14"}', "2026-03-01", "2026-05-31", "week",
    )  # fmt: skip
    assert {name: getattr(carried, name).show() for name in words} == words
    assert as_button(looked.model_copy(update={"options": "x" * 2000})) == ""
    named = json.dumps({"value": "fcr_rate", "options": '{"window": "14"}', "title": "Solved by Jan Jansen"})
    shown = of_button(house.desk, MetricArguments(value=named)).title
    assert shown is not None
    assert "Jansen" not in shown.show()
    with pytest.raises(UsageError, match="older version"):
        of_button(house.desk, MetricArguments(value="[]"))
