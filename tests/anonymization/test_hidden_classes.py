"""Classes of disguises that strangers thought of, each with strings of our own; «» marks what must be masked."""

from __future__ import annotations

import time

import pytest

from anonymization.gate import PresidioGate
from anonymization.normalisation import normalise
from frontline.core.text import RawText
from tests.anonymization.test_adversarial import left_open

BIRTH_DATES = (
    "my birthday is the «thirty-first of October nineteen seventy-two»",
    "I was born on «May the fourth, two thousand and one», in Leeds",
    "DOB: «twelfth of the fifth nineteen sixty six»",
    "DOB «1st of Jan. nineteen eighty»",
    "My dad's date of birth is «twenty third April, forty-one»",
    "date of birth «07 • 11 • 1985» as on my passport",
    "d o b «3_4_1991»",
    "born «1 9 8 7 - 0 3 - 0 9», check it",
    "Birthday\n«22\n06\n1979» thanks",
    "dob «02.Nov.1983»",
    "Her d.o.b. is «4~7~66»",
    "«0 4 / 0 5 / 1 9 9 3» is my date of birth",
    "he was born in «nineteen fifty-eight»",
)
EMAILS = (
    "write to «anna dash lena plus bills at posteo dot de» please",
    "my email is «k for kilo, a for alpha, t for tango, e for echo at brightmail dot com»",
    "email: «Sierra Alpha Mike at fernpost dot ie»",
    "send it to «tom point bauer at sign gmx point de»",
    "it's «lindiwe seventy seven at telkomsa period net»",
    "mail is «mariasilva, all lowercase, at sapo dot pt»",
    "it is «victor hugo seven, that's all one word, at skypost dot fr»",
    "use «j hyphen wu, at sign, outlook period com»",
    "My mail: «dario AT SIGN ferri DOT it»",
    "invoice to «accounts dot payable at braxton minus tools dot de»",
    "reply to «j o e . k @ f a s t m a i l . c o m» ok",
    "mail «l e n a at f i x p o s t dot d e» thanks",
    "try «ana✉️correio⚪pt» for the form",
    "contact «bo.larsen💌nordpost🔴dk» pls",
    "forward it to «helene.dubois@\nlaposte.net» today",
    "mail «helene.dubois@la-\nposte.net» today",
    "write me at «z.kovacs【at】freemail【dot】hu»",
    "please use «nina_w@@posteo.de» hmm",
)
ADDRESSES_OF_THE_NETWORK = (
    "the intruder came from IP «203,0,113,9»",
    "my ip is «10/33/200/7»",
    "login from «172•16•254•1» yesterday",
    "someone from «185·44·207·13» was in my mailbox",
    "server «91-198-174-192» drops packets, ping fails",
    "blocked host: «198 dot 51 dot 100 dot 7»",
    "host «192 168 1 77» does not answer ping",
    "traffic from «45 [point] 33 [point] 32 [point] 156»",
    "see fw_«81.2.69.160».log for details",
    "whitelist «8|121|44|200» for the vpn",
)
IDENTITY_NUMBERS = (
    "NI number «QQ = 12 = 34 = 56 = C»",
    "my national insurance number: «A B one two three four five six D»",
    "National Insurance no. is «WK.77.12.09.D»",
    "nino «JG\u200712\u200734\u200756\u2007A»",
    "NI: «S H zero one two three four five B for Bravo»",
    "SSN «219•09•9999» for the form",
    "SSN «4 1 2 - 5 5 - 0 1 2 3»",
    "my SSN is «five one two, dash, four four, dash, nine oh two seven»",
    "Her PPS number is «1234567 TA»",
    "NIE «X-1234567-L» on the contract",
    "passport no «X 4 4 1 2 0 9 8»",
    "driving licence «MORGA 657054 SM9IJ»",
)
NUMBERS = (
    "account «7734🔥2210🔥88»",
    "sort code «20=11=47» account «5566=7788»",
    "sort code «30-92-11» and no account",
    "sort code «thirty, ninety-two, eleven»",
    "acct no. «00_12_88_31»",
    "Membership no «4471\n8823\n01» is mine",
    "my savings account is written as «88 1204 5573»",
    "loyalty number «99👍120👍443»",
    "client number «C*1*0*4*4*9*1»",
    "card «4929\n1837\n4460\n1521» was swallowed",
    "call me on «0047/22/33/44/55»",
    "ring «(0131) 496-\n0712» after five",
    "phone: «plus four four, seven seven double oh, nine hundred, one two three»",
    "WhatsApp «zero-zero-three-four 6 12 34 56 78»",
)
NAMES = (
    "Hi, «M🌙a🌙r🌙t🌙a Keane» again",
    "signed: «J.o.r.g.e D.i.a.s»",
    "name is «L|u|c|i|a»",
    "customer «Ol🌼uwa🌼seun» called",
    "I am «M@r1u$ P0pe$cu» and angry",
    "complaint by «S0phi3 O'R3illy»",
    "I live in «M4nch3st3r»",
    "agent «jess1c4» hung up",
    "ask for «Robert 'Bobby' Castellanos» at the desk",
    "her name is «Zofia (Zosia) Malinowska»",
    "see «Beatrix_Oyelaran»_lease.pdf",
    "attached passport-«tomasz-wieczorek».png",
    "file IMG_2231_«Adaeze»_id.jpg",
    "«Grace Hope» is my daughter and the line is hers",
)
STREETS = (
    "the photo is in «12-Harbour-Lane»_roof.jpg",
    "file «Via-Garibaldi-14»_meter.png please",
    "scan_«Lindenstrasse_22»_boiler.pdf",
    "deliver to «seventeen Harbour Lane» please",
    "meet me at «forty-two Rue des Lilas»",
    "I live at «one hundred and six Baker Street»",
    "We wait at «Calle Mayor fourteen»",
    "he lives in «Via degli Aranci 9»",
    "sent it to «Rue de l'Abbaye 31», not here",
    "in front of «Piazza della Libertà 4»",
    "parcel for «Hauptstrasse/17/Top/3» please",
    "address «Carrer de les Flors 12»",
    "Eircode «D08 XY56» for the parcel",
    "Co. Kerry, «V93 X2Y4»",
)
CLASSES = (BIRTH_DATES, EMAILS, ADDRESSES_OF_THE_NETWORK, IDENTITY_NUMBERS, NUMBERS, NAMES, STREETS)
KEPT = (
    "The sum is 100+200=300 and 1000=500+500.",
    "numbers: 12, 34, 56, 78 are the bins",
    "we got 3|4|5|6 stars from four people",
    "Server rack 1-2-3-4 is down",
    "ping 8 ms | 9 ms | 12 ms",
    "v1|v2|v3|v4",
    "setup_2.14.0.33.exe does not start",
    "error code E=44=12",
    "SKU 12_34_56_78",
    "Batch 77•12•40",
    "number of the plan: 10 20 30 40",
    "number five is alive, two four six eight",
    "account is 30 days past due",
    "mobile\n1\n2\n3\n4",
    "Opening hours, call\n08:00\n09:00\n10:00",
    "At one point me and my wife gave up.",
    "I was angry at that point. It was a dash, period.",
    "the second may be better than the first",
    "The first of the three is broken",
    "born to lose 3 games to 2",
    "the nineteen eighties were fine",
    "gr8 service m8, thx 4 that",
    "the 3rd 4th and 5th line",
    "use the 5pm 6pm slots",
    "HG8245 and B4R2 blink red",
    "p@ssw0rd rules are silly",
    "Thanks🙏bye, love💕it",
    "report_2024_final_v2.pdf",
    "main_street_view.png and data-export-street-view.json",
    "two hundred and twelve calls",
    "seven Main menu entries",
    "Will Premium be back? Will Chat work on Monday?",
    "Will Hope come by?",
    "the \"Family\" Plan and the 'Basic' Plan",
)


@pytest.mark.parametrize("marked", [marked for one in CLASSES for marked in one])
def test_a_disguise_is_seen_through_by_rules(gate: PresidioGate, marked: str) -> None:
    assert left_open(gate, [marked]) == []


@pytest.mark.parametrize("text", KEPT)
def test_what_only_resembles_such_a_disguise_stays(gate: PresidioGate, text: str) -> None:
    shown = gate.check(RawText(text)).text
    assert shown is not None
    assert shown.show() == text


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("born the ninth of March nineteen eighty-seven", "born 9 march 1987"),
        ("dob 0 9 . 1 2 . 2 0 0 4", "dob 09/12/2004"),
        ("june underscore park ninety one at gmail dot com", "june_park91@gmail.com"),
        ("at 84 (point) 112 (point) 9 (point) 207", "at 84.112.9.207"),
        ("nino N M three five oh seven six eight C", "nino NM350768C"),
        ("two hundred and twelve Calle del Olmo", "212 Calle del Olmo"),
        ("D3cl4n 0'Sh34", "Declan O'Shea"),
    ],
)
def test_a_disguise_is_written_plainly_in_the_copy(text: str, copy: str) -> None:
    assert normalise(text).text == copy


@pytest.mark.parametrize(
    "unit",
    [
        "a", "1", " ", "\n", "a.a.a", "a ", "1 ", "1_", "1|", "1=", "1·", "1-\n", "@ ", "a a@", "a at b dot ", "4a",
        "1🌸", "a🌸", "born 1 ", "account 1 1 ", "nine hundred ", "a b c ", "B for Bravo ", "two Calle de la ",
        "Rue-des-", "a_.pdf ", "1 (point) ", "may the first ", "national insurance ", "all one word at a dot com ",
    ],
)  # fmt: skip
def test_no_text_of_one_repeated_stretch_holds_the_copy_up(unit: str) -> None:
    """Each of the steps takes milliseconds for it; together half a second is far off, and a stall takes minutes."""
    text = ("ip account ni born dob two street lowercase 123456 " + unit * 20_000)[:20_000]
    started = time.process_time()
    normalise(text)
    assert time.process_time() - started < 2
