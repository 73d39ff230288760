"""Numbers with a checksum or a fixed form, in every country's length and every way of writing, in many sentences.

Measures what no public set holds enough of: IBANs, IP addresses, cards, US social security numbers and e-mail
addresses. All are invented; a check digit is worked out, never looked up.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from anonymization.checksums import IBAN_LENGTH, is_iban, is_luhn, is_us_ssn
from anonymization.gate import PresidioGate
from frontline.core.text import RawText

SENTENCES = (
    "Please pay it back to {v}.",
    "My number is {v}, thanks",
    "{v} is what the form says",
    "The refund went to {v} and not to me!",
    "details: {v}; sent twice",
    "I gave you ({v}) already.",
    "look at {v}",
    "why was {v} refused? nobody can tell",
    "It came from {v} at 10:15 on Monday",
    "Account\t{v}\tclosed",
    '"{v}" was in your letter',
    "Change it to {v}, not to the old one, before 1 June",
    "first line\n{v}\nlast line",
    "The log of the router shows {v} again and again",
    "Use {v}",
    "transfer from {v} to my new bank",
    "{v}",
    "agent: so that is {v}? customer: yes",
    "WRONG NUMBER {v} ON FILE",
    "see https://bank.example/pay?to={v}",
)


def report(gate: PresidioGate, *, each: int = 2_000, seed: int = 41) -> Iterator[str]:
    """Yield a line for each kind: the share of which every letter and digit was masked."""
    for kind, invent in KINDS.items():
        dice = random.Random(f"{kind} {seed}")  # noqa: S311  # measuring, no secret
        missed = [value for value in (invent(dice) for _ in range(each)) if not is_masked(gate, value, dice)]
        yield f"{kind:<8}recall {1 - len(missed) / each:.4f} of {each:,}"


def is_masked(gate: PresidioGate, value: str, dice: random.Random) -> bool:
    """Whether every letter and digit of ``value`` is masked in one of the sentences, drawn by ``dice``."""
    sentence = dice.choice(SENTENCES if " " not in value else SENTENCES[:-1])
    start = sentence.index("{v}")
    spans = gate.check(RawText(sentence.format(v=value))).spans
    covered = {at for span in spans for at in range(span.start, span.end)}
    return all(start + at in covered for at, letter in enumerate(value) if letter.isalnum())


def iban(dice: random.Random) -> str:
    """Return a valid IBAN of some country, in groups of four, together, in lower case, with hyphens or points."""
    country = dice.choice(sorted(IBAN_LENGTH))
    letters = dice.choice(("", "", string.ascii_uppercase))
    body = "".join(dice.choice(string.digits) for _ in range(IBAN_LENGTH[country] - 4))
    if letters:
        body = "".join(dice.choice(letters) for _ in range(4)) + body[4:]
    code = next(c for c in (f"{country}{n:02d}{body}" for n in range(2, 99)) if is_iban(c))
    grouped = [code[at : at + 4] for at in range(0, len(code), 4)]
    return dice.choice((code, " ".join(grouped), " ".join(grouped).lower(), code.lower(), "-".join(grouped)))


def ip_address(dice: random.Random) -> str:
    """Return an IPv4 or IPv6 address, the latter shortened, in full or in capitals."""
    if dice.random() < 0.6:
        return str(IPv4Address(dice.randrange(1 << 24, 224 << 24)))
    address = IPv6Address((0x2001 << 112) | dice.getrandbits(dice.choice((16, 64, 112))))
    return dice.choice((str(address), address.exploded, str(address).upper()))


def card(dice: random.Random) -> str:
    """Return a card of 15 or 16 digits that passes Luhn, together or in groups."""
    body = dice.choice(("4", "51", "52", "55", "37", "6011", "2221"))
    length = 15 if body == "37" else 16
    body += "".join(dice.choice(string.digits) for _ in range(length - 1 - len(body)))
    code = next(body + digit for digit in string.digits if is_luhn(body + digit))
    parts = (code[:4], code[4:10], code[10:]) if length == 15 else tuple(code[at : at + 4] for at in range(0, 16, 4))
    return dice.choice((code, " ".join(parts), "-".join(parts)))


def us_ssn(dice: random.Random) -> str:
    """Return a US social security number that can have been given out."""
    while not is_us_ssn(digits := "".join(dice.choice(string.digits) for _ in range(9))):
        pass
    return dice.choice(("-", " ")).join((digits[:3], digits[3:5], digits[5:]))


def email(dice: random.Random) -> str:
    """Return an e-mail address of some form."""
    words = ["".join(dice.choice(string.ascii_lowercase) for _ in range(dice.randint(2, 9))) for _ in range(4)]
    local = dice.choice(("{0}", "{0}.{1}", "{0}_{1}", "{0}+{1}", "{0}{n}", "{0}-{1}", "{0}.{1}.{2}"))
    local = local.format(*words, n=dice.randint(1, 9999))
    host = dice.choice(("{3}.com", "{3}.co.uk", "mail.{3}.org", "{3}.io", "{3}-{2}.nl", "{3}.example"))
    return dice.choice((str, str, str.upper, str.title))(f"{local}@{host.format(*words)}")


KINDS: Mapping[str, Callable[[random.Random], str]] = {
    "IBAN": iban,
    "IP": ip_address,
    "card": card,
    "SSN": us_ssn,
    "e-mail": email,
}
