from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymization.normalisation import NormalisedText, normalise

_TRICKY = st.lists(
    st.one_of(
        st.sampled_from(list("abcJohn 0123456789.@-%&;#")),
        st.sampled_from(
            [
                "\u200b",
                "\u00ad",
                "\ufe0f",
                "\u20e3",
                "😀",
                "é",
                "e\u0301",
                "ﬁ",
                "ｊ",
                "о",
                "Α",
                "½",
                "%40",
                "&#64;",
                " dot ",
                " at ",
                "one ",
                "seven ",
            ]
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
).map("".join)


@given(_TRICKY)
def test_every_span_of_the_copy_maps_into_the_original_in_order(text: str) -> None:
    copy = normalise(text)
    previous = 0
    for at in range(len(copy.text)):
        start, end = copy.to_original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= previous  # never backwards
        previous = start
    if copy.text:
        start, end = copy.to_original(0, len(copy.text))
        assert 0 <= start < end <= len(text)


@given(_TRICKY, st.data())
def test_a_longer_span_covers_what_its_parts_cover(text: str, data: st.DataObject) -> None:
    copy = normalise(text)
    if not copy.text:
        return
    start = data.draw(st.integers(0, len(copy.text) - 1))
    end = data.draw(st.integers(start + 1, len(copy.text)))
    outer = copy.to_original(start, end)
    for at in range(start, end):
        inner = copy.to_original(at, at + 1)
        assert outer[0] <= inner[0]
        assert inner[1] <= outer[1]


@given(st.text(st.characters(codec="ascii", exclude_characters="%&"), max_size=80))
def test_ascii_characters_that_no_step_touches_stay_where_they_are(text: str) -> None:
    copy = normalise(text)
    if copy.starts is None:
        assert copy.text == text
    else:
        kept = [(c, text[s:e]) for c, s, e in zip(copy.text, copy.starts, copy.ends or (), strict=True) if e - s == 1]
        assert all(new == old or old in " ,.-@" or old.isalnum() for new, old in kept)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("john at gmail dot com", "john@gmail.com"),
        ("j dot smith (at) outlook [dot] co [dot] uk", "j.smith@outlook.co.uk"),
        ("ｊｏｈｎ＠ｇｍａｉｌ．ｃｏｍ", "john@gmail.com"),
        ("john%40gmail.com", "john@gmail.com"),
        ("john&#64;gmail.com", "john@gmail.com"),
        ("Jоhn Smіth", "John Smith"),  # Cyrillic o and i
        ("Jo\u200bhn Sm\u00adith", "John Smith"),
        ("Jose\u0301", "José"),
        ("4\ufe0f\u20e31\ufe0f\u20e3", "41"),
        ("06😀12😀34", "061234"),
        ("NL91ABNA0417164300 😀 12 Elm Street", "NL91ABNA0417164300 12 Elm Street"),
        ("jane apenstaartje gmail.com", "jane@gmail.com"),
        ("pisz do jane małpa gmail kropka com", "pisz do jane@gmail.com"),
        ("oh six one two three four five", "0612345"),
        ("double five one two three", "55123"),
        ("nul zes een twee drie", "06123"),
        ("S-M-I-T-H", "SMITH"),
        ("j o h n", "john"),
    ],
)  # fmt: skip
def test_disguises_are_undone(written: str, meant: str) -> None:
    assert normalise(written).text == meant


@pytest.mark.parametrize(
    "plain",
    [
        "Meet me at the office. Dot the i.",
        "I ordered at bol.com twice",
        "one or two calls",
        "100% sure & done",
        "A B test",
    ],
)
def test_ordinary_text_is_left_alone(plain: str) -> None:
    assert normalise(plain).text == plain


def test_a_disguised_address_maps_back_to_all_its_words() -> None:
    text = "write to john at gmail dot com please"
    copy = normalise(text)
    start = copy.text.index("john@gmail.com")
    assert slice(*copy.to_original(start, start + 14)) == slice(9, 30)


def test_an_empty_or_outside_span_is_refused() -> None:
    copy = NormalisedText("abc")
    for start, end in ((1, 1), (-1, 2), (0, 4)):
        with pytest.raises(ValueError, match="span"):
            copy.to_original(start, end)
