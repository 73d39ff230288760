"""The words of the grammar: per topic what happened, what it led to and what is wanted. ``{...}`` are slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPENINGS: Final = (
    "Hi,", "Hello,", "Good morning,", "Dear Harbor team,", "To whom it may concern,", "", "", "", "Hi there,", "Ok so",
    "Honestly,", "I am writing because", "This is the second time I write.", "Hello again,", "Evening,",
)  # fmt: skip

WHAT: Final = {
    "billing": (
        "my {month} invoice shows {amount} while my plan is {amount2} a month",
        "I was charged {amount} for a {plan} I never ordered",
        "the direct debit of {amount} was taken {n} days early and the account went red",
        "a late fee of {amount} appeared although I paid on {date}",
        "the invoice {invoice} lists a decoder that went back in {month}",
        "I get one bill on paper and another one online and they do not match",
    ),
    "refunds": (
        "the refund of {amount} for order {order} was promised on {date} and nothing came",
        "you refused the refund because of a form nobody told me about",
        "only {amount} of the {amount2} deposit came back",
        "I returned the modem with tracking {tracking} and still no money",
        "the refund went to an account that I closed last year",
    ),
    "outage": (
        "no internet since {date}, the modem blinks orange and the app says all is fine",
        "the line drops every {n} minutes, error {error} on the screen",
        "the whole street is down and your map shows green",
        "planned works were over on {date} they said, we are still offline",
        "television froze during the evening and then everything went off",
    ),
    "installation": (
        "the technician was announced between 8 and 12 on {date} and nobody came",
        "the cable was left hanging from the wall, half the work is done",
        "I moved the appointment twice and both times the old date stayed in your system",
        "order {order} has had no date for {n} weeks",
        "your engineer drilled through a pipe and left without a word",
    ),
    "mobile data": (
        "data is as slow as a snail although I pay for {plan}",
        "my bundle was gone after {n} days and I hardly used the phone",
        "no coverage at home since the mast was changed in {month}",
        "the speed falls to nothing every evening around eight",
    ),
    "roaming": (
        "I was billed {amount} for roaming in a country that is in the bundle",
        "roaming was blocked at the airport and I could not call anybody",
        "the text message said zone 1 and the invoice says zone 3",
    ),
    "router": (
        "the wifi does not reach the bedroom since the new router, model {model}",
        "the router loses its settings after each power cut",
        "the replacement router of order {order} is the same broken model {model}",
        "the light stays red and the reset button does nothing, firmware {firmware}",
        "the guest network disappeared",
    ),
    "cancellation": (
        "I cancelled on {date} and you still take {amount} each month",
        "you ask an exit fee of {amount} although the contract ended in {month}",
        "every time I want to cancel I am put through to somebody with an offer",
        "the confirmation of my cancellation never arrived",
    ),
    "address change": (
        "I gave my new address {n} weeks ago and the letters still go to the old one",
        "the move date in your portal cannot be later than tomorrow",
        "my connection was moved to the wrong house number",
        "the form wants a meter code that nobody here knows",
    ),
    "account access": (
        "I am locked out of my account after one wrong password",
        "the password reset link is expired before it arrives",
        "the account is in the name of my late husband and I cannot get in",
        "I see the invoices of somebody else when I log in",
    ),
    "sim swap": (
        "the new sim {sim} is not active after {n} days",
        "my number was not ported on {date} as agreed",
        "the esim code can be scanned once and it failed",
        "I lost my phone and the portal does not accept the sim number",
    ),
    "pricing": (
        "the price went up by {amount} without any letter",
        "the discount that I was promised for {n} months is gone after two",
        "new customers pay {amount} and I pay {amount2} for the same {plan}",
        "the renewal offer on the phone differs from the one in the mail",
    ),
}  # fmt: skip
THEME: Final = {
    "invoice charged twice after the app update": (
        "since the app update my invoice was charged twice, {amount} and again {amount} on the same day",
        "after I updated the app the {month} invoice was paid double, two debits of {amount}",
        "double payment: the new version of the app took the invoice amount of {amount} two times",
    ),
    "router reboots after the firmware update": (
        "since the firmware update {firmware} the router restarts by itself {n} times a day",
        "the router reboots every evening, it began right after the update to {firmware}",
        "after your automatic firmware update my {model} keeps rebooting in the middle of meetings",
    ),
    "technician did not show up and nobody called": (
        "I took a day off, the technician did not show up and nobody called",
        "no technician, no phone call, for the second time; order {order}",
        "waited from 8 to 5 for the installation and no one appeared or rang",
    ),
    "mobile data stops although the bundle is not used up": (
        "mobile data stops working although the app shows {n} GB left in the bundle",
        "the internet on my phone is cut off while the bundle is not used up",
        "halfway the month my data is blocked, your own page says there is plenty left",
    ),
    "two-step code never arrives": (
        "the two-step code never arrives, so I cannot log in at all",
        "I asked for the login code {n} times and not one text message came",
        "your two-step verification sends no code, neither by text nor by mail",
    ),
}  # fmt: skip
LED_TO: Final = (
    "I called {n} times and every time I had to explain everything again.",
    "I waited {n} minutes and then the line was cut.",
    "The chat closed while I was typing.",
    "{agent} told me it would be solved within two days.",
    "I spoke to {agent} who was kind but could not do anything.",
    "Your colleague {agent_first} promised to call me back and did not.",
    "I work from home and lost a day because of this.",
    "My neighbour has the same problem.",
    "I already sent the documents by mail.",
    "According to {agent} there is no record of my earlier call.",
    "I was transferred three times and ended where I started.",
    "It is about reference {order}.",
    "In the shop they said they cannot see my file.",
    "",
    "",
)
WANT: Final = (
    "Please correct this and confirm by mail.",
    "Can somebody call me back?",
    "I want my money back.",
    "Please tell me when this will be solved.",
    "If this is not settled this week I will leave.",
    "What is the next step?",
    "I expect a compensation.",
    "Just fix it.",
    "Send me a working one.",
    "",
)
CONTACT: Final = (
    "You can reach me on {phone}.",
    "My number is {phone_local}, after six please.",
    "Mail me at {email}.",
    "My email is {email_upper} if you need it.",
    "My address is {address}.",
    "We live at {address}.",
    "My customer number is {account}.",
    "account {account}",
    "The money can go to {iban}.",
    "IBAN {iban_spaced}, in the name of {name}.",
    "I paid with card {card}.",
    "call my wife {other_first} on {phone_local} when I am at work",
)
SIGN: Final = (
    "Regards, {name}",
    "Kind regards,\n{name}",
    "{name}",
    "{first}",
    "Thanks, {first}",
    "{name_lower}",
    "{initial}. {last}",
    "Mr {last}",
    "Mrs {last}",
    "{name_upper}",
    "Best, {first} {last}",
    "",
    "",
    "",
)
SELF: Final = (
    "my name is {name},",
    "this is {name},",
    "{name} here,",
    "I am {first} {last} and",
    "it's {first} again,",
)
VERBATIM: Final = {
    "good": (
        "{agent_first} solved it in five minutes, great",
        "Quick and friendly, thank you {agent}.",
        "everything clear, no complaints",
        "Finally somebody who listens. {topic_word} is fixed now.",
        "Good help with my {topic_word} question.",
        "the chat was fast and {agent_first} knew what to do",
    ),
    "mixed": (
        "Friendly but it took {n} minutes before anybody answered.",
        "The answer about {topic_word} was fine, the wait was not.",
        "Solved, but I had to repeat my story to {agent_first}.",
        "ok I guess, still waiting for the confirmation mail at {email}",
        "Helpful agent, bad website.",
    ),
    "bad": (
        "Third time I contact you about {topic_word} and still nothing.",
        "{agent} hung up on me.",
        "I had to explain my {topic_word} problem {n} times, nobody reads the notes.",
        "Nobody called back on {phone_local} as promised.",
        "Terrible. {what}.",
        "You should be ashamed, {what}. {name}",
        "Way too much effort for a simple {topic_word} matter.",
    ),
}  # fmt: skip
TOPIC_WORD: Final = {"address change": "moving", "account access": "login", "sim swap": "sim"}
# Other languages: what happened by topic (other topics are written about in English), and the rest of the letter.
OTHER_WHAT: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "dutch": {
        "billing": ("mijn factuur van {month} klopt niet, er staat {amount} op", "er is {amount} te veel afgeschreven"),
        "installation": ("de monteur is op {date} niet gekomen", "ik wacht al {n} weken op een datum voor {order}"),
        "outage": ("ik heb al {n} dagen geen internet", "de verbinding valt elke avond weg, fout {error}"),
        "router": ("de router start steeds opnieuw op", "de wifi reikt niet tot de slaapkamer"),
        "refunds": ("ik wacht nog op de terugbetaling van {amount} voor bestelling {order}",),
        "account access": ("ik kan niet inloggen, de code komt niet aan",),
        "mobile data": ("mijn mobiel internet is zo traag als een slak",),
    },
    "portuguese": {
        "billing": ("a minha fatura de {month} tem um valor errado de {amount}",),
        "installation": ("o tecnico nao apareceu no dia {date}",),
        "outage": ("estou sem internet ha {n} dias",),
        "router": ("o router reinicia sozinho varias vezes por dia",),
        "refunds": ("o reembolso de {amount} da encomenda {order} ainda nao chegou",),
        "account access": ("nao consigo entrar na minha conta, o codigo nao chega",),
        "mobile data": ("os dados moveis estao muito lentos desde {date}",),
    },
    "polish": {
        "billing": ("moja faktura za {month} jest bledna, kwota {amount}",),
        "installation": ("technik nie przyszedl {date}",),
        "outage": ("od {n} dni nie mam internetu",),
        "router": ("router ciagle sie restartuje",),
        "refunds": ("czekam na zwrot {amount} za zamowienie {order}",),
        "account access": ("nie moge sie zalogowac, kod nie przychodzi",),
        "mobile data": ("internet w telefonie jest bardzo wolny",),
    },
}  # fmt: skip
OTHER_REST: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "dutch": {
        "led": ("Ik heb {n} keer gebeld.", "{agent} zou mij terugbellen.", "Niemand weet iets.", ""),
        "contact": ("Mijn nummer is {phone_local}.", "Mail naar {email}.", "Ik woon op {address}.", "IBAN {iban}."),
        "sign": ("Groeten, {name}", "Met vriendelijke groet,\n{name}", "{first}", "mevrouw {last}"),
    },
    "portuguese": {
        "led": ("Ja liguei {n} vezes.", "{agent} disse que me ligava.", "Ninguem resolve nada.", ""),
        "contact": ("O meu telefone e {phone}.", "O meu email e {email}.", "Moro em {address}."),
        "sign": ("Cumprimentos, {name}", "Obrigado,\n{name}", "{first}"),
    },
    "polish": {
        "led": ("Dzwonilem {n} razy.", "{agent} obiecal oddzwonic.", "Nikt nie pomaga.", ""),
        "contact": ("Moj numer to {phone}.", "Moj mail {email}.", "Mieszkam {address}."),
        "sign": ("Pozdrawiam, {name}", "Z powazaniem\n{name}", "{first}"),
    },
}  # fmt: skip
