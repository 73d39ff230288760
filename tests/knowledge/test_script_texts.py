"""A script for one customer: the most specific override, what is required, what is missing."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.catalog.scripts import Script, load_scripts
from frontline.core.errors import UsageError
from frontline.governance.script_texts import compose, differences, find_faults, reading_ease, variants_of
from frontline.governance.scripts import read_script
from frontline.governance.variants import effective_number

RULES = load_scripts()
TODAY = dt.date(2026, 6, 17)


def script(*overrides: dict[str, object], **changes: object) -> Script:
    body: dict[str, object] = {
        "topic": "cancellation",
        "title": "Leaving",
        "blocks": [
            {"id": "offer", "text": {"en": "We have an offer.", "nl": "Wij hebben een aanbod."}},
            {"id": "notice", "compliance": True, "text": {"en": "One month notice.", "nl": "Een maand."}},
        ],
        "overrides": list(overrides),
        **changes,
    }
    return read_script(body)


def said(made: Script, **asked: str) -> list[str]:
    return [part.text for part in compose(made, asked).parts]


def test_the_most_specific_override_wins_and_the_collision_is_said() -> None:
    made = script(
        {"block": "offer", "when": {"segment": "smb"}, "text": {"en": "Business desk."}},
        {"block": "offer", "when": {"segment": "smb", "region": "north"}, "text": {"en": "Northern desk."}},
    )
    assert said(made, segment="smb") == ["Business desk.", "One month notice."]
    assert said(made, segment="smb", region="north") == ["Northern desk.", "One month notice."]
    assert "collide" in compose(made, {"segment": "smb", "region": "north"}).warnings[0]
    assert list(variants_of(made)) == ["base", "segment smb", "segment smb, region north"]


def test_where_two_overrides_meet_is_a_variant_of_its_own() -> None:
    made = script(
        {"block": "offer", "when": {"segment": "smb"}, "text": {"en": "Business desk."}},
        {"block": "close", "when": {"region": "north"}, "text": {"en": "Bye from the north."}},
        {"block": "close", "when": {"region": "west"}, "text": {"en": "Bye from the west."}},
        blocks=[{"id": "offer", "text": {"en": "We have an offer."}}, {"id": "close", "text": {"en": "Bye."}}],
    )
    found = variants_of(made)
    assert found["segment smb, region north"].words == "Business desk.\nBye from the north."
    assert len(found) == 6  # base, smb, north, west, and smb in either region; nobody is in two regions


def test_every_customer_hears_one_of_the_variants() -> None:
    made = script(
        {"block": "offer", "when": {"segment": "smb"}, "text": {"en": "Business desk."}},
        {"block": "offer", "when": {"channel": "chat"}, "text": {"en": "Chat."}},
        {"block": "offer", "when": {"channel": "chat", "region": "north"}, "text": None},
        {"block": "notice", "when": {"region": "north"}, "text": {"en": "One month notice."}},
    )
    known = {composed.words for composed in variants_of(made).values()}
    for segment in ("", "smb", "enterprise"):
        for region in ("", "north"):
            for channel in ("", "chat"):
                asked = {"segment": segment, "region": region, "channel": channel}
                assert compose(made, {key: value for key, value in asked.items() if value}).words in known


def test_a_topic_is_kept_as_commands_look_it_up() -> None:
    assert script(topic=" Billing  Date ").topic == "billing date"


@pytest.mark.parametrize("text", [None, {"en": "No notice."}])
def test_a_compliance_block_cannot_be_removed_or_changed(text: dict[str, str] | None) -> None:
    made = script({"block": "notice", "when": {"segment": "smb"}, "text": text})
    assert "notice" in find_faults(made, RULES, today=TODAY)[0]
    # Also while it is a draft nobody hears it otherwise.
    assert "One month notice." in said(made, segment="smb")


def test_a_missing_language_falls_back_and_is_said() -> None:
    made = script({"block": "offer", "when": {"segment": "smb"}, "text": {"en": "Business desk."}})
    composed = compose(made, {"segment": "smb", "locale": "nl"})
    assert [part.text for part in composed.parts] == ["Business desk.", "Een maand."]
    assert "offer has no text in nl" in composed.warnings[0]


def test_the_lint_names_phrases_approvals_and_missing_required_texts() -> None:
    banned = script({"block": "offer", "when": {"segment": "smb"}, "text": {"en": "Please calm down."}})
    assert "calm down" in find_faults(banned, RULES, today=TODAY)[0]
    assert "approval ended" in find_faults(script(approved_until="2026-06-17"), RULES, today=TODAY)[0]
    half = script(blocks=[
        {"id": "offer", "text": {"en": "Yes.", "nl": "Ja."}},
        {"id": "notice", "compliance": True, "text": {"en": "One month."}},
    ])  # fmt: skip
    assert "notice has no text in nl" in find_faults(half, RULES, today=TODAY)[0]
    assert find_faults(script(approved_until="2026-06-18"), RULES, today=TODAY) == []


def test_a_script_that_makes_no_sense_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="names a block gone"):
        script({"block": "gone", "when": {"segment": "smb"}, "text": {"en": "x"}})


def test_the_end_of_an_approval_is_a_day_or_refused() -> None:
    with pytest.raises(UsageError, match="approved_until"):
        script(approved_until="soon")
    made = script(approved_until=dt.date(2026, 6, 18))
    assert read_script(made.model_dump(mode="json")) == made
    assert read_script({**made.model_dump(mode="json"), "approved_until": ""}).approved_until is None


def test_reading_ease_falls_with_longer_words_and_sentences() -> None:
    plain = reading_ease("I am sorry that your line is down. I check your street now.")
    heavy = reading_ease("Notwithstanding aforementioned contractual considerations, termination necessitates "
                         "documentation of organisational circumstances by representatives.")  # fmt: skip
    assert plain is not None
    assert heavy is not None
    assert plain > 80 > 30 > heavy
    assert reading_ease("Yes.") is None


def test_what_changed_is_shown_block_by_block() -> None:
    before, after = (
        script(),
        script({"block": "offer", "when": {"segment": "smb"}, "text": {"en": "We have no offer."}}),
    )
    assert differences(compose(before, {}).parts, compose(after, {"segment": "smb"}).parts) == [
        "± offer: We have [−an] [+no] offer."
    ]


# The first draw of a process reads the constants of every module that is imported.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.integers(0, 1000), max_size=12))
def test_the_effective_number_lies_between_one_and_how_many_are_used(counts: list[int]) -> None:
    used = sum(count > 0 for count in counts)
    found = effective_number(counts)
    assert found <= used + 1e-9
    assert found >= min(used, 1) - 1e-9
    if used and len({count for count in counts if count}) == 1:
        assert math.isclose(found, used)
