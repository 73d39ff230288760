from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymization.checksums import is_bsn, is_card, is_iban, is_luhn, is_nif, is_pesel, is_us_ssn


@pytest.mark.parametrize("card", ["4111111111111111", "5500005555555559", "378282246310005", "6011111111111117"])
def test_published_test_cards_pass(card: str) -> None:
    assert is_card(card)


@given(st.text("0123456789", min_size=13, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_notices_every_single_wrong_digit(head: str, place: int, step: int) -> None:
    check = next(str(d) for d in range(10) if is_luhn(head + str(d)) or len(set(head + str(d))) == 1)
    digits = head + check
    if not is_luhn(digits):
        return
    place %= len(digits)
    wrong = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    assert not is_luhn(wrong)


@pytest.mark.parametrize(
    "iban",
    ["NL91ABNA0417164300", "GB29NWBK60161331926819", "PL61109010140000071219812874", "pt50000201231234567890154"],
)
def test_published_ibans_pass(iban: str) -> None:
    assert is_iban(iban)


@pytest.mark.parametrize(
    "code", ["NL91ABNA0417164301", "NL91ABNA041716430", "ZZ91ABNA0417164300", "NL91ABNA04171643٠0"]
)
def test_wrong_ibans_fail(code: str) -> None:
    assert not is_iban(code)


def test_citizen_numbers_are_told_from_look_alikes() -> None:
    assert is_bsn("111222333")
    assert not is_bsn("111222334")
    assert is_pesel("44051401359")
    assert not is_pesel("44051401358")
    assert is_nif("123456789")
    assert not is_nif("123456788")
    assert is_us_ssn("536221145")
    assert not is_us_ssn("000221145")
    assert not is_us_ssn("666221145")
