"""Names that mean a thing stay; the same names stay masked where somebody may be meant."""

from __future__ import annotations

import pytest

from anonymization.eponyms import is_eponym
from anonymization.findings import Finding
from anonymization.gate import PresidioGate
from anonymization.lexicon import load_lexicon, read_sections
from anonymization.reading import Reading
from anonymization.things import is_thing
from frontline.core.text import RawText

KEPT = [
    "It is Sod's law, and Parkinson's law on top of it.",
    "We ended up robbing Peter to pay Paul.",
    "Any Tom, Dick or Harry can log in here.",
    "To be frank, the queue was too long.",
    "We adopted a Jack Russell last spring.",
    "The estate agent drives a Toyota Corolla now.",
    "Our Jenkins pipeline is red again.",
    "The lights went out when storm Isha came over.",
    "We stood on taxiway Romeo for an hour.",
    "The letter before the dash is B as in Bravo.",
    "The Matilda dress shrank in the first wash.",
    "Do you have the towel in heather grey?",
    "A pot of rosemary arrived broken.",
    "Our plan code is XL-NL-50GB on the bill.",
    "Is UK 9 the same as EU 43?",
    "Please move my ISA to the new branch.",
    "The RMA 550-917-2204 is on the label.",
    "Set the mask to 255.255.254.0 and ping 127.0.0.1 after that.",
    "The game crashed after the update to 10.4.12.3 yesterday.",
    "The button is #A1B2C3 on your page.",
    "We paid cash at Marks & Spencer last week.",
    "Should I chuck it away or send it back?",
    "The theme breaks with leftpad@1.3.0 in our shop.",
    "The @media rule hides the total.",
    "Our counter has stuck on 2147483647 all week.",
    "The shop is open 09.00-18.30 on Fridays.",
    "The field shows 0000 0000 0000 0000 in grey.",
    "They sent me to Counter 3 and back.",
    "My name is mud with the whole team.",
    "The 4 TB drive makes a noise.",
    "These Dr. Martens are fake, look at the sole.",
    "Six cups of bone china, all in pieces.",
]
MASKED = [
    ("My name is Jack Russell and I want a refund.", "Russell"),
    ("Thanks, Jack Russell", "Russell"),
    ("Jack Russell called yesterday about his bill.", "Russell"),
    ("The bill of Harry Potter is wrong again.", "Potter"),
    ("I spoke with Tom Harry about it.", "Tom"),
    ("Please call Jenkins about the invoice.", "Jenkins"),
    ("Ask Cassandra Hughes for the file.", "Cassandra"),
    ("Julia says that her iPhone is broken.", "Julia"),
    ("I spoke to Claude 5 times about this.", "Claude"),
    ("The Maria Lopez account is closed.", "Maria"),
    ("Rosemary called again about the bill.", "Rosemary"),
    ("I asked Alexa to refund me and she refused.", "Alexa"),
    ("Skoda wrote back. Octavia Brown answered them.", "Octavia"),
    ("Write to piet@4.nl or to piet@10.2.3.4 please.", "piet"),
    ("Alexa says that she never got the refund.", "Alexa"),
    ("My name is Mudd, with two d.", "Mudd"),
    ("Call me on 550-917-2204 please.", "2204"),
    ("The number to port is 07700900318, with another provider today.", "900318"),
    ("He logged in from 84.112.9.207 last night.", "84.112"),
]


@pytest.mark.parametrize("text", KEPT)
def test_a_name_that_means_a_thing_stays(gate_with_head: PresidioGate, text: str) -> None:
    shown = gate_with_head.check(RawText(text)).text
    assert shown is not None
    assert shown.show() == text


@pytest.mark.parametrize(("text", "name"), MASKED)
def test_the_same_words_are_masked_where_somebody_may_be_meant(
    gate_with_head: PresidioGate, text: str, name: str
) -> None:
    verdict = gate_with_head.check(RawText(text))
    assert verdict.text is None or name not in verdict.text.show()


def test_what_the_case_s_record_or_a_cue_knows_is_no_thing() -> None:
    reading = Reading("We adopted a Jack Russell.", load_lexicon())
    start, end = reading.text.index("Jack"), len(reading.text) - 1
    given_up = {"name_head": True, "name_rules": True, "known": False, "cue:introduction": False}
    for detector, is_given_up in given_up.items():
        found = Finding(start, end, "PERSON", 0.7, detector)
        assert (is_eponym(reading, found) or is_thing(reading, found)) is is_given_up


def test_no_phrase_of_the_list_is_an_ordinary_full_name() -> None:
    """A given and a family name alone may be somebody: only what is famous enough stands in the list, by hand."""
    lexicon = load_lexicon()
    phrases = [
        part.strip()
        for title, text in read_sections("eponyms.txt")
        if title.startswith("phrases")
        for part in text.split(";")
    ]
    names = [
        phrase
        for phrase in phrases
        if len(words := phrase.split()) == 2
        and "'" not in phrase
        and lexicon.is_first_name(words[0])
        and lexicon.is_last_name(words[1])
    ]
    assert sorted(names) == FAMOUS


FAMOUS = [
    "austin powers",
    "bart simpson",
    "deja vu",
    "harry potter",
    "harvey nichols",
    "helena rubinstein",
    "jack frost",
    "jack russell",
    "james bond",
    "may day",
    "morgan stanley",
    "penny wise",
    "peter pan",
    "robin hood",
    "sara lee",
    "stella mccartney",
]
