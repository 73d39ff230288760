"""The address of a ticket is kept; one that carries a person, or more than an address, is refused."""

import pytest

from anonymization.gate import PresidioGate
from frontline.core.errors import UsageError
from frontline.core.ports import Verdict
from frontline.core.text import RawText
from handlers.arguments import parse_arguments
from handlers.handing import LinkArguments


@pytest.fixture(scope="module")
def gate() -> PresidioGate:
    return PresidioGate()


@pytest.mark.parametrize(
    "link",
    [
        "https://jira.example.com/browse/CARE-1234",
        "https://harbor.zendesk.com/agent/tickets/12345678",
        "<https://jira.example.com/browse/CARE-1|jira>",
        "",
    ],
)
def test_a_ticket_is_kept(gate: PresidioGate, link: str) -> None:
    read = parse_arguments(LinkArguments, {"value": RawText("cmt_1"), "link": RawText(link)}, gate=gate)
    assert isinstance(read, LinkArguments)
    assert read.link == link.strip("<>").partition("|")[0]


@pytest.mark.parametrize(
    "link",
    [
        "http://jira.example.com/x",
        "https://jira.example.com/x?email=jan@example.com",
        "https://jan@jira.example.com/x",
        "https://example.com/users/jan-jansen",
        "https://example.com/calls/0612345678",
        "javascript:alert(1)",
        "https://localhost/x",
        "see the ticket",
    ],
)
def test_anything_else_is_refused_without_being_repeated(gate: PresidioGate, link: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_arguments(LinkArguments, {"value": RawText("cmt_1"), "link": RawText(link)}, gate=gate)
    assert "jan" not in str(refused.value).lower()


class Shut:
    """A gate that cannot finish a check."""

    def check(self, text: RawText, **_: object) -> Verdict:
        return Verdict(None, reasons=("timed_out: The check took longer than the policy allows.",))


def test_an_address_that_could_not_be_checked_is_refused() -> None:
    link = RawText("https://jira.example.com/browse/CARE-1234")
    with pytest.raises(UsageError):
        parse_arguments(LinkArguments, {"value": RawText("cmt_1"), "link": link}, gate=Shut())  # type: ignore[arg-type]
