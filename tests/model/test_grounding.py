"""A text of a model is shown only when every figure in it is a computed one, said of its own group and period."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.assistant.facts import Fact
from handlers.assistant.grounding import Ungrounded, ground

MAY, APRIL = "May 2026", "April 2026"


def share(of: str, when: str, value: float, *, source: int = 1) -> Fact:
    groups = (of,) if of else ()
    return Fact("FCR", groups, when, f"{value:.1f} %", value / 100, source, is_earlier=when == APRIL)


FACTS = [
    share("", MAY, 71.2), share("", APRIL, 74.3),
    share("phone", MAY, 68.4, source=2), share("phone", APRIL, 73.0, source=2),
    share("chat", MAY, 80.1, source=2), share("chat", APRIL, 79.9, source=2),
    Fact("FCR", ("phone",), MAY, "-2.6 points", -0.026, 2, is_change=True),
    Fact("FCR", ("chat",), MAY, "+0.2 points", 0.002, 2, is_change=True),
    Fact("Average handle time", (), MAY, "4 min 32 s", 272.0, 3),
    Fact("Average handle time", (), APRIL, "4 min 05 s", 245.0, 3, is_earlier=True),
    Fact("Total cost", (), MAY, "EUR 1,234.50", 1234.5, 4), Fact("NPS", (), MAY, "-12.3", -12.3, 5),
    Fact("Contacts", (), MAY, "12,345", 12345.0, 6),
]  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    [
        "FCR was 71.2 % in May 2026 [1].",
        "FCR fell from 74.3 % [1] to 71.2 % [1].",
        "In phone, FCR was 68.4 % [2].",
        "In April 2026, FCR of phone was 73 % [2].",
        "FCR was 71.2 % compared [1] with 74.3 % [1].",
        "FCR fell from 74 % in April 2026 [1] to 71 % in May 2026 [1].",
        "FCR of phone fell to 68.4 % [2], chat rose to 80.1 % [2].",
        "The highest FCR was in chat with 80.1 % in May 2026 [2].",
        "FCR of phone fell by 2.6 points [2].",
        "FCR of phone moved -2.6 points [2].",
        "Average handle time rose from 4 min 5 s [3] to 4 min 32 s [3].",
        "Total cost was EUR 1,234.50 [4], NPS was -12.3 [5], and Contacts came to 12,345 [6].",
    ],
)
def test_what_follows_from_the_facts_is_shown_with_its_sources(shown: str) -> None:
    text, numbers = re.sub(r" \[\d\]", "", shown), {int(number) for number in re.findall(r"\[(\d)\]", shown)}
    assert ground(text, FACTS) == (shown, sorted(numbers))


@pytest.mark.parametrize(
    "text",
    [
        "FCR was 71.9 % in May 2026.", "FCR was 71.25 % in May 2026.", "FCR was 71.2 in May 2026.",
        "FCR was 74.3 % in May 2026.", "FCR was 71.2 % in March 2026.", "FCR of email was 71.2 %.",
        "FCR of phone was 80.1 %.", "CSAT was 71.2 %.", "NPS was 12.3.", "NPS was 71.2 %.", "FCR was 71.2 points.",
        "FCR rose from 74.3 % to 71.2 %.", "FCR fell from 71.2 % to 74.3 %.", "FCR of chat fell to 80.1 %.",
        "FCR of phone rose by 2.6 points.", "FCR of phone fell by 68.4 %.", "The highest FCR was in phone with 68.4 %.",
        "The lowest FCR was in chat with 80.1 %.", "FCR halved to 71.2 %.", "FCR was not 71.2 %.",
        "FCR was 71.2 % because of phone.", "FCR was 71.2 %, twice that of chat.", "FCR was below 71.2 %.",
        "Average handle time was 4 min 05 s.", "Average handle time was 32 s.", "Average handle time was 4 min.",
        "Average handle time was 272 s.", "Total cost was 1,234.50.", "Total cost was USD 1,234.50.",
        "Contacts came to 12,345,678.", "Contacts came to 12.", "Contacts came to 345.", "Contacts came to 1e309.",
        "71.2 % in May 2026.", "FCR was 71.2 %. All is well.", "FCR was ７1.2 %.", "FCR was ٧١.٢ %.", "FCR was 71.2 ‰.",
        "<!channel> FCR was 71.2 %.", "FCR was 71.2 % @here.", "FCR was [71.2 %](http://evil.example).",
        "FCR was <http://evil.example|71.2 %>.", "FCR was 71.2 %. See www.evil.example", "`FCR` was 71.2 %.",
        "FCR was 71.2 %\u202e.", "FCR was 71.2 %\x00.", "FCR was 71.2 % :tada:", "*FCR* was 71.2 %.",
        "SELECT 71.2 FROM FCR", "FCR was 71.2 % in May 2026, sofia had 71.2 %.", "", "   ", "FCR was fine.",
        "A" * 2000, "FCR was 71.2 % or 74.3 %.", "FCR of phone and chat was 68.4 %.", "FCR was 99.9 71.2 %.",
        "FCR was 71.2%71.2%.", "FCR was 0.712.", "FCR was minus 71.2 %.", "FCR of chat with 79.9 %.",
        "FCR was 71.2 %, in phone.", "FCR was 71.2 % and in April 2026.", "FCR was 71.2 %, in April 2026, 71.2 %.",
        "FCR was five in May 2026.",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Ungrounded):
        ground(text, FACTS)


WORDS = st.sampled_from(
    ["FCR", "phone", "chat", "was", "fell", "rose", "from", "to", "in", "May 2026", "April 2026", "and", ",", ".",
     "by", "71.2 %", "74.3 %", "68.4 %", "80.1 %", "99.9 %", "2.6 points", "-2.6 points", "3", "highest", "email", "of"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_no_shuffled_text_with_a_foreign_figure_passes(text: str) -> None:
    try:
        shown, _ = ground(text, FACTS)
    except Ungrounded:
        return
    assert "99.9" not in shown
    assert "email" not in shown
    assert " 3 " not in f" {shown} "
    assert not ("80.1" in shown and "chat" not in shown)
    assert not ("68.4" in shown and "phone" not in shown)
