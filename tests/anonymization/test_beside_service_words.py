"""What belongs to a person beside the words of a service: a phone behind "line", a code of a door, a login."""

from __future__ import annotations

import pytest

from anonymization.gate import PresidioGate
from frontline.core.text import RawText
from tests.anonymization.test_gate_output import output_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("My line 06 12345678 is dead.", "My line [PHONE] is dead."),
        ("Please call me about this request: 0612345678", "Please call me about this request: [PHONE]"),
        ("The driver 0612345678 did not answer.", "The driver [PHONE] did not answer."),
        ("Ring me about the order, 020-1234567.", "Ring me about the order, [PHONE]."),
        ("For this case 06-12345678 is best.", "For this case [PHONE] is best."),
        ("Call me on ticket 212-555-0187 please.", "Call me on ticket [PHONE] please."),
        ("And the date of birth?\nCaller: 14 02 1979.", "And the date of birth?\nCaller: [DATE]."),
        (
            "The card in the name of my late dear mother and of nobody else ending 4471 was declined.",
            "The card in the name of my late dear mother and of nobody else ending [CARD] was declined.",
        ),
        ("He left because the gate code 8841 did not work.", "He left because the gate code [ID] did not work."),
        ("The key safe code is 2290B.", "The key safe code is [ID]."),
        ("Ms Castellano is m.castellano in the portal.", "[PERSON_1] is [PERSON_1] in the portal."),
        ("I told anita it is anita.rao2 again.", "I told [PERSON_1] it is [PERSON_1] again."),
        ("My username anita.rao2 is locked.", "My username [USERNAME] is locked."),
        ('A mail from "Brenda K." and from Lee J. P. came.', 'A mail from "[PERSON_1]" and from [PERSON_2] came.'),
        ("Ms Delacroix-Obi asks what DELACROIXOBI means.", "[PERSON_1] asks what [PERSON_2] means."),
        ("Street ........ 2 Heol y Bont\nTown: none", "Street ........ [ADDRESS]\nTown: none"),
        ("Straat: Lange Nieuwe 12", "Straat: [ADDRESS]"),
        ("See Maria_invoice.pdf, scan-jansen-2.jpg.", "See [PERSON_1]_invoice.pdf, scan-[PERSON_2]-2.jpg."),
        ("My niece turned 12 on Sunday.", "My niece turned [AGE 0-17] on Sunday."),
    ],
)
def test_what_belongs_to_a_person_is_masked(gate: PresidioGate, text: str, shown: str) -> None:
    assert output_of(gate, text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Order 0045123456 has not arrived.",
        "Ticket 20260412-003 and case 1002 331 stay.",
        "Driver 31.0.101 and channel 514 are fine.",
        "My username does not work, my login page is white.",
        "The access code page shows an error.",
        "Thanks for that.it works now.",
        "The street | the number: both are missing on the form.",
        "See price_list.pdf, IMG-20240501-0012.jpg and data.may.csv.",
        "It turned 12 degrees colder on Sunday.",
        "The order 0612-3 is split.",
        "Batch 12 10 24 55 is fine.",
    ],
)
def test_service_facts_stay(gate: PresidioGate, text: str) -> None:
    verdict = gate.check(RawText(text))
    assert verdict.text is not None
    assert verdict.text.show() == text
