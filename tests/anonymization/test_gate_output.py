from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymization.gate import PresidioGate
from frontline.core.text import RawText

SERVICE_SENTENCES = (
    "My order 4815162342 has not arrived yet.",
    "Ticket TCK-48213 was closed without an answer.",
    "The tracking number 1Z999AA10123456784 does not work.",
    "After firmware 2.14.3.1 the router restarts every hour.",
    "I get error E-4031 on the portal when I log in.",
    "The plan Fiber 500 is slower than promised.",
    "Case 00012345 was reopened twice this week.",
    "The modem HG8245H drops the connection at night.",
    "Reference INC0012345 says solved, but it is not.",
    "Please cancel plan Mobile 20GB at the end of the term.",
    "Version v3.2.1 of the app crashes on Android 14.",
    "The queue said position 12 and a wait of 25 minutes.",
    "I was transferred 3 times between care and tech.",
    "Invoice 2024-00817 shows the same fee twice.",
    "The speed test shows 48 Mbps down and 9 Mbps up.",
    "Channel 514 is missing since the last update.",
    "The box shows a red light and code 0x80070005.",
    "Will the technician come in the morning or may I go out?",
    "The shipment 3SKABA123456789 is stuck at the depot.",
    "Return RMA-2231 was approved but never refunded.",
)


@pytest.mark.parametrize("sentence", SERVICE_SENTENCES)
def test_service_facts_stay(gate: PresidioGate, sentence: str) -> None:
    verdict = gate.check(RawText(sentence))
    assert verdict.text is not None, verdict.reasons
    assert verdict.text.show() == sentence


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[CUSTOMER] told [AGENT_1] about it yesterday", "(CUSTOMER) told (AGENT_1) about it yesterday"),
        ("[PERSON_2] paid [AMOUNT 100-250 USD] on [DATE+12d]", "(PERSON_2) paid (AMOUNT 100-250 USD) on (DATE+12d)"),
        ("[CUST\u200bOMER] is what I am", "(CUSTOMER) is what I am"),
        ("the list [1] and [see below] stay", "the list [1] and [see below] stay"),
    ],
)
def test_input_that_imitates_a_placeholder_is_disarmed(gate: PresidioGate, written: str, shown: str) -> None:
    verdict = gate.check(RawText(written))
    assert verdict.text is not None, verdict.reasons
    assert verdict.text.show() == shown
    assert verdict.spans == ()


def output_of(gate: PresidioGate, text: str, policy: str = "index") -> str:
    verdict = gate.check(RawText(text), policy=policy)
    assert verdict.text is not None, verdict.reasons
    return verdict.text.show()


def test_the_same_person_keeps_one_placeholder_and_is_masked_everywhere(gate: PresidioGate) -> None:
    output = output_of(
        gate, "I spoke with Xochitl Quintanilla. Xochitl promised a refund, but quintanilla never called."
    )
    assert output == "I spoke with [AGENT_1]. [AGENT_1] promised a refund, but [AGENT_1] never called."


def test_dates_keep_their_distance_and_amounts_their_size(gate: PresidioGate) -> None:
    output = output_of(
        gate, "It broke on 3 March 2024, on 2024-03-15 I paid €149.95 and on 20/03/2024 another 30 euros."
    )
    assert (
        output
        == "It broke on [DATE], on [DATE+12d] I paid [AMOUNT 100-250 EUR] and on [DATE+17d] another [AMOUNT 25-50 EUR]."
    )


def test_a_card_after_an_address_and_an_emoji_is_masked_whole(gate: PresidioGate) -> None:
    assert (
        output_of(gate, "See https://example.org/u/1 😀 4111 1111 1111 1111, thanks") == "See [URL] 😀 [CARD], thanks"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The parcel is in London since Monday.", "The parcel is in [LOCATION] since Monday."),
        ("The court in the Washington area is closed.", "The court in the [LOCATION] area is closed."),
        ("We flew to Detroit and Houston last year.", "We flew to [LOCATION] and [LOCATION] last year."),
        ("My account in Santander stays blocked.", "My account in Santander stays blocked."),
        ("They met in Jordan Miller.", "They met in [PERSON_1]."),
    ],
)
def test_a_place_that_is_a_name_as_well_is_told_by_what_stands_around_it(
    gate: PresidioGate, text: str, shown: str
) -> None:
    assert output_of(gate, text) == shown


def test_a_trainer_sees_less_than_the_index(gate: PresidioGate) -> None:
    text = "My mother is 83 years old and lives in Eindhoven with me."
    assert output_of(gate, text) == "My mother is [AGE 80-89] and lives in [LOCATION] with me."
    assert output_of(gate, text, "trainer") == "My mother is [AGE] and lives in [LOCATION] with me."


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("my name is björk guðmundsdóttir and i am angry", "guð"),
        ("MY NAME IS JOHN SMITH AND I AM ANGRY ABOUT THIS", "SMITH"),
        ("Kind regards,\nThijs Oosterhuis", "Thijs"),
        ("Mr Young said it was fixed", "Young"),
        ("send it to Rua Augusta 123, 1100-053 Lisboa please", "Augusta"),
        ("mieszkam przy ul. Długa 5/7, 00-238 Warszawa od lat", "Długa"),
        ("I live at Keizersgracht 123-2, 1015 CJ Amsterdam", "Keizersgracht"),
        ("12 Elm Street, Apt 4B, Springfield, IL 62704 is my home", "Elm"),
        ("my card ends in 4242 and was charged", "4242"),
        ("call me on (555) 867-5309 after six", "867"),
        ("my password is hunter2hunter2 by the way", "hunter2"),
        ("follow @maria_j84 for the photos", "maria"),
    ],
)
def test_identities_in_everyday_forms_are_gone(gate: PresidioGate, text: str, gone: str) -> None:
    verdict = gate.check(RawText(text))
    assert verdict.text is None or gone not in verdict.text.show()
    assert any(gone in text[span.start : span.end] for span in verdict.spans)


_PIECES = st.sampled_from(
    [
        "My name is Maria Jansen. ",
        "Call +31 6 12345678! ",
        "m.jansen@example.org ",
        "I paid $149.95 on 3 March 2024. ",
        "[CUSTOMER] ",
        "(AMOUNT 100-250 USD) ",
        "12 Elm Street, Springfield, IL 62704. ",
        "The router is slow. ",
        "Ticket TCK-4821. ",
        "I am 34 years old. ",
        "Regards,\nTom ",
        "NL91ABNA0417164300 ",
        "spoke with Ana de Souza ",
        "4111 1111 1111 1111 ",
        "😀 ",
        "https://example.org/u/1 ",
        "we moved to Eindhoven ",
        "account number 40028871 ",
        "it's Brian's. ",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=8).map("".join))
def test_what_passed_once_yields_nothing_the_second_time(gate: PresidioGate, text: str) -> None:
    first = gate.check(RawText(text))
    if first.text is None:
        return
    second = gate.check(RawText(first.text.show()))
    assert second.text is not None, second.reasons
    assert second.spans == ()
    third = gate.check(RawText(second.text.show()))
    assert third.text is not None
    assert third.text.show() == second.text.show()  # the only change was disarming our own brackets


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_gets_a_verdict_with_spans_inside_it(gate: PresidioGate, text: str) -> None:
    verdict = gate.check(RawText(text))
    assert not any(reason.startswith("gate_failed") for reason in verdict.reasons)
    reach = 0
    for span in verdict.spans:
        assert reach <= span.start < span.end <= len(text)
        reach = span.end
