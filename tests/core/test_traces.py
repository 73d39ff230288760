"""The log says where an error came from, and nothing that it quotes."""

from __future__ import annotations

from frontline.core.traces import trace_of


def read_number(text: str) -> int:
    return int(text)


def broken() -> BaseException:
    try:
        try:
            read_number("Maria Jansen, 06 1234 5678")
        except ValueError as error:
            raise LookupError(f"no case for {error}") from error
    except LookupError as error:
        return error


def test_types_and_places_are_told_of_the_whole_chain() -> None:
    text = trace_of(broken())
    assert text.startswith("builtins.LookupError\n")
    assert "caused by builtins.ValueError" in text
    assert "in read_number" in text
    assert "test_traces.py:" in text


def test_what_the_error_quotes_is_not_told() -> None:
    text = trace_of(broken())
    assert "Maria" not in text
    assert "1234" not in text
