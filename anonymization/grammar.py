"""The closed grammar of placeholders: what the gate may write in the place of an identity, and a text without them."""

from __future__ import annotations

import re

SHORT = {
    "PERSON": "PERSON", "LOCATION": "LOCATION", "ORGANIZATION": "ORGANIZATION", "ADDRESS": "ADDRESS",
    "PHONE_NUMBER": "PHONE", "EMAIL": "EMAIL", "CREDIT_CARD": "CARD", "IBAN": "IBAN", "IP_ADDRESS": "IP", "SSN": "SSN",
    "ZIP_CODE": "ZIP", "DATE_TIME": "DATE", "AMOUNT": "AMOUNT", "AGE": "AGE", "USERNAME": "USERNAME", "ID": "ID",
    "URL": "URL",
}  # fmt: skip
"""How a label is written in a placeholder."""
BUCKETS = (0, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 100_000)
CURRENCIES = "USD|EUR|GBP|JPY|INR|PLN|BRL|CHF|SEK|NOK|DKK|CAD|AUD"
_BOUND = "|".join(str(bound) for bound in BUCKETS)
INNER = (
    rf"(?:CUSTOMER|AGENT|MASKED|{'|'.join(SHORT.values())})(?:_\d{{1,3}})?|"
    rf"DATE[+-]\d{{1,4}}d|DAY -?\d{{1,4}}|AGE (?:0-17|18-29|[3-8]0-[3-8]9|90\+)"
    rf"|AMOUNT (?:(?:{_BOUND})-(?:{_BOUND})|100000\+)(?: (?:{CURRENCIES}))?"
)
PLACEHOLDER = re.compile(rf"\[(?:{INNER})\]")
"""Exactly what the gate writes."""
_WITH_SPACE = re.compile(rf"\s*{PLACEHOLDER.pattern}\s*")


def around_placeholders(text: str) -> str:
    """Return the words of an anonymized text without its placeholders; a text of nothing else stays as it is."""
    return _WITH_SPACE.sub(" ", text).strip() or text if "[" in text else text
