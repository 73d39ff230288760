"""Invented postal addresses as people of many countries write them, on one line or on several."""

from __future__ import annotations

import random
from collections.abc import Callable

from anonymization.lexicon import word_set


def _forms(text: str) -> tuple[str, ...]:
    r"""Return the forms between the bars of ``text``; \n is a new line."""
    return tuple(" ".join(form.split()).replace("\\n", "\n") for form in text.split("|"))


_ENGLISH = sorted(
    word_set(
        """
        Street Street Street Road Road Road Avenue Avenue Lane Lane Drive Drive Court Boulevard Close Way Terrace Place
        Square Crescent Gardens Grove Hill Walk Row Green Mews Park Parade Rise View Heights Crossing Point Ridge Route
        Circle Trail Trace Track Turnpike Pike Path Pass Passage Alley Arcade Bend Bluff Branch Bridge Brook Burg Bypass
        Canyon Cape Causeway Center Cliff Common Corner Course Cove Creek Curve Dale Dam Divide Estate Expressway
        Extension Fall Ferry Field Flat Ford Forest Forge Fork Fort Freeway Garden Gateway Glen Harbor Haven Highway
        Hollow Inlet Island Isle Junction Key Knoll Lake Landing Laneway Light Loaf Lock Lodge Loop Mall Manor Meadow
        Mill Mission Motorway Mount Mountain Neck Orchard Oval Overpass Parkway Pine Plain Plaza Port Prairie Radial
        Ramp Ranch Rapid Rest River Run Shoal Shore Skyway Spring Spur Station Stravenue Stream Summit Throughway
        Trailer Tunnel Underpass Union Valley Via Viaduct Village Ville Vista Wall Well St St. Rd Rd. Ave Ave.
        Dr Dr. Ln Blvd Ct
        """
    )
)
_GLUED = _forms(
    r"""
    straat | laan | weg | plein | gracht | kade | dijk | singel | hof | dreef | straße | strasse | allee | gasse |
    platz | ring | gatan | vägen | gade | vej | gata | veien | vegen | katu | kuja | tie | polku | gata | holt |
    braut | stígur | iela | väg | gränd | steeg | pad | park | zoom | berg | tanya
    """
)
_BEFORE = _forms(
    r"""
    Rua {g} {f} | Rua da {f} | R. {f} | Avenida {g} {f} | Av. {f} | Travessa do {f} | Praça {f} | Largo {f} |
    Calle {f} | C/ {g} {f} | Calle de {f} | Paseo de {f} | Plaza {f} | Rúa {f} | Carretera {f} | Via {g} {f} | Via
    {f} | Viale {f} | Corso {f} | Piazza {f} | Strada {f} | rue {g} {f} | rue du {f} | avenue de {f} | boulevard
    {f} | chemin de {f} | place {f} | quai {f} | ul. {f} | ulica {f} | aleja {f} | os. {f} | Trg {f} | Ulica {g}
    {f} | Strada {f} | Bulevardul {f} | Jalan {f} | Jl. {f} | Sokak {f} | Via delle {f} | Pod {f} | Na {f} | U {f}
    | K {f} | Av. {g} {f} | Pasaje {f} | Camino {f} | Vicolo {f} | Am {f} | An der {f} | Im {f} | Impasse {f} |
    Allée {f} | Cours {f} | Rte de {f} | Lungo {f} | Quinta {f} | Estrada de {f}
    """
)
_AFTER = _forms(
    r"""
    {f} utca | {f} u. | {f} út | {f} tér | {f} Sokak | {f} Caddesi | {f} Mah. | {f} iela | {f} gatvė | {f} põik |
    {f} tee | {f} köz | {f} sor | {f} nám. | {f} cesta | {f} ulica | {f} Marg | {f} Nagar | {f} Chowk | {f} kapu |
    {f} Weg | {f} Straße
    """
)
_PREFIXES = ("Gr", "Kerk", "Molen", "Berg", "Wilhelmina", "Kastanien", "Haupt", "Bahnhof", "Sol", "Skol", "Kung", "Ny")
_UNITS = _forms(
    r"""
    Apt. {n} | Apt {n} | Apartment {n} | Suite {n} | Ste. {n} | Unit {n} | Flat {n} | Floor {d} | #{n} | apt
    {n}{c} | bus {d} | {d}º Esq | Level {d} | Piso {d} | Appartamento {d} | m. {n} | Room {n}
    """
)
_BOXES = _forms(
    r"""
    PO Box {n} | P.O. Box {n} | Post Office Box {n} | Postbus {n} | Apartado {n} | Unit {n} Box {n} | PSC {n}, Box
    {n} | USS {f}\nFPO AE {z} | USNS {f}\nFPO AP {z} | USCGC {f}\nFPO AA {z} | Unit {n} Box {n}\nDPO AP {z} | PSC
    {n}, Box {n}\nAPO AE {z}
    """
)
_STATES = _forms(
    r"""
    CA | NY | TX | IL | WA | OH | NSW | VIC | ON | QC | nan | LI | MG | RM | FA | LN | 13 | AK
    """
)
_COUNTRIES = _forms(
    r"""
    Netherlands | Germany | France | Spain | Portugal | Poland | Italy | Brazil | Canada | India | New Zealand |
    Australia | Czech Republic | Hungary | Slovenia | Norway | Sweden | Denmark | Finland | Austria | Switzerland
    | Belgium | Cyprus (Greek) | Tunisia | Uruguay | Estonia | Iceland | USA | United States | UK | South Africa |
    Greenland
    """
)


class AddressInventor:
    """Draws addresses with the dice of the inventor; names of people and places come from it as well."""

    def __init__(
        self, dice: random.Random, family: Callable[[], str], given: Callable[[], str], place: Callable[[], str]
    ):
        self._dice, self._family, self._given, self._place = dice, family, given, place

    def address(self) -> str:
        """Return one address, from a bare street to five lines."""
        dice = self._dice
        if dice.random() < 0.08:
            return self._fill(dice.choice(_BOXES))
        street = self._street()
        if dice.random() < 0.22:
            return street
        glue = dice.choice((", ", ", ", "\n", "\n ", " ", "\n> ", ",\n"))
        parts = [street]
        if dice.random() < 0.45:
            parts[0] += dice.choice((" ", ", ", glue)) + self._fill(dice.choice(_UNITS))
        parts.append(self._town())
        if dice.random() < 0.45:
            parts.append(dice.choice(_COUNTRIES) + (f" {self._code()}" if dice.random() < 0.5 else ""))
        whole = glue.join(parts)
        if dice.random() < 0.06:
            return f"the corner of {self._family()} and {whole}"
        return whole if dice.random() < 0.85 else whole.lower()

    def _street(self) -> str:
        dice = self._dice
        number = str(dice.randint(1, 10 ** dice.randint(1, 4))) + (dice.choice("abAB") if dice.random() < 0.1 else "")
        form = dice.random()
        if form < 0.4:
            name = f"{dice.choice(('', '', '', 'N ', 'East ', 'South '))}{self._family()} {dice.choice(_ENGLISH)}"
            return f"{number} {name}" if dice.random() < 0.93 else name
        if form < 0.6:
            stem = dice.choice((self._family(), self._family(), dice.choice(_PREFIXES)))
            street = stem + dice.choice(_GLUED)
        elif form < 0.82:
            street = self._fill(dice.choice(_BEFORE))
        elif form < 0.92:
            street = self._fill(dice.choice(_AFTER))
        else:
            street = f"{self._given()} {self._family()}"
        if dice.random() < 0.2:
            return f"{number}{dice.choice((' ', ', '))}{street}"
        point = "." if dice.random() < 0.08 else ""
        before = f"{dice.randint(1, 99_999)} " if dice.random() < 0.25 else ""
        return f"{before}{street}{dice.choice((' ', ' ', ', ', ', nº '))}{number}{point}"

    def _town(self) -> str:
        dice = self._dice
        town = (
            self._place()
            if dice.random() < 0.75
            else f"{self._family()}{dice.choice(('ville', 'ton', 'furt', 'berg', ''))}"
        )
        town = dice.choice(
            (town, town, town, town.upper(), f"{dice.choice(('North', 'Port', 'Lake', 'Saint', 'Cité'))} {town}")
        )
        form = dice.random()
        if form < 0.35:
            return f"{self._code()} {town}"
        if form < 0.7:
            glue, state, gap = dice.choice((", ", " ", "\n, ")), dice.choice(_STATES), dice.choice((" ", "\n "))
            return f"{town}{glue}{state}{gap}{self._code()}"
        return town if form < 0.85 else f"{town} {self._code()}"

    def _code(self) -> str:
        dice = self._dice
        letters = "".join(dice.choices("ABDEGHKLNPRSTW", k=4))
        return dice.choice(
            (
                f"{dice.randint(10_000, 99_999)}", f"0{dice.randint(1_000, 9_999)}", f"{dice.randint(1_000, 9_999)}",
                f"{dice.randint(1_000, 9_999)} {letters[:2]}", f"{dice.randint(1_000, 9_999)}{letters[:2]}",
                f"{letters[:2]}{dice.randint(1, 28)} {dice.randint(1, 9)}{letters[2:]}",
                f"{dice.randint(1_000, 9_999)}-{dice.randint(100, 999)}",
                f"{dice.randint(10, 99)}-{dice.randint(100, 999)}",
                f"{dice.randint(100, 999)} {dice.randint(10, 99)}", f"{letters[0]}{dice.randint(0, 9)}{letters[1]} "
                f"{dice.randint(0, 9)}{letters[2]}{dice.randint(0, 9)}",
            )
        )  # fmt: skip

    def _fill(self, form: str) -> str:
        dice, made = self._dice, form
        values: tuple[tuple[str, Callable[[], str]], ...] = (
            ("{f}", self._family),
            ("{g}", self._given),
            ("{n}", lambda: str(dice.randint(1, 10 ** dice.randint(1, 4)))),
            ("{d}", lambda: str(dice.randint(0, 30))),
            ("{c}", lambda: dice.choice("ABC")),
            ("{z}", lambda: str(dice.randint(10_000, 99_999))),
        )
        for slot, value in values:
            while slot in made:
                made = made.replace(slot, value(), 1)
        return made
