"""One sentence per label that the gate must recognise before it may vouch for anything. Invented identities."""

from __future__ import annotations

from collections.abc import Mapping

SAMPLES: Mapping[str, tuple[str, str]] = {
    "PERSON": ("I spoke with Maria Jansen about the outage.", "Maria Jansen"),
    "LOCATION": ("We moved to Eindhoven last year.", "Eindhoven"),
    "ORGANIZATION": ("I work for Brakkenstein Holding B.V. as a planner.", "Brakkenstein Holding"),
    "ADDRESS": ("Please send it to 12 Chestnut Street, Springfield.", "12 Chestnut Street"),
    "PHONE_NUMBER": ("Call me back on +31 6 12345678 please.", "+31 6 12345678"),
    "EMAIL": ("My mail is m.jansen@example.org since May.", "m.jansen@example.org"),
    "CREDIT_CARD": ("The card 4111 1111 1111 1111 was charged twice.", "4111 1111 1111 1111"),
    "IBAN": ("Refund it to NL91 ABNA 0417 1643 00 this week.", "NL91 ABNA 0417 1643 00"),
    "IP_ADDRESS": ("It came from 203.0.113.77 at night.", "203.0.113.77"),
    "SSN": ("My social security number is 536-22-1145 by the way.", "536-22-1145"),
    "ZIP_CODE": ("The postcode is 1012 AB there.", "1012 AB"),
    "DATE_TIME": ("It broke on 3 March 2024 in the evening.", "3 March 2024"),
    "AMOUNT": ("You charged me $149.95 for nothing.", "$149.95"),
    "AGE": ("My mother is 83 years old and alone.", "83"),
    "USERNAME": ("My username is mjansen_84 on the portal.", "mjansen_84"),
    "ID": ("The account number is 40028871 as printed.", "40028871"),
    "URL": ("See https://example.org/u/mjansen for it.", "https://example.org/u/mjansen"),
}

UNLISTED = ("yesterday i talked to vreni zurbriggli and she was kind", "vreni zurbriggli")
"""A name that no list holds, without a capital: only the trained head finds it."""
