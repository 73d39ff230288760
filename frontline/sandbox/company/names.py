"""Invented names of mixed origins. Nobody in the demo company exists."""

from __future__ import annotations

from typing import Final

FIRST: Final = (
    "Daan", "Sanne", "Joris", "Femke", "Pieter", "Lotte", "Bram", "Marieke", "Thijs", "Anouk", "Ruben", "Iris",
    "James", "Olivia", "Grace", "Callum", "Hannah", "Owen", "Chloe", "Declan", "Megan", "Rhys", "Imogen", "Stuart",
    "Joao", "Ines", "Tiago", "Beatriz", "Rui", "Catarina", "Duarte", "Mafalda", "Goncalo", "Leonor", "Nuno", "Teresa",
    "Pawel", "Agnieszka", "Marek", "Katarzyna", "Tomasz", "Zofia", "Krzysztof", "Ewa", "Wojciech", "Malgorzata",
    "Yusuf", "Elif", "Emre", "Zeynep", "Fatima", "Youssef", "Amina", "Hamza", "Nadia", "Karim", "Samira", "Bilal",
    "Priya", "Arjun", "Ananya", "Rohan", "Wei", "Mei", "Jun", "Linh", "Minh", "Aiko", "Haruto", "Soo-jin",
    "Kwame", "Abena", "Chidi", "Ngozi", "Thandiwe", "Sipho", "Olga", "Dmytro", "Ivana", "Luka", "Mirela", "Andrei",
    "Giulia", "Matteo", "Carmen", "Alejandro", "Freya", "Lars", "Astrid", "Soren", "Heidi", "Jurgen", "Noor", "Milan",
)  # fmt: skip
LAST: Final = (
    "de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Mulder", "Bos", "Hendriks", "van Dijk",
    "Dekker", "Brouwer", "de Graaf", "Kuipers", "Postma", "Hoekstra", "ter Horst", "van Leeuwen", "Walker", "Hughes",
    "Bennett", "Fletcher", "O'Connor", "Murray", "Pritchard", "Whitfield", "Ashworth", "Barlow", "Silva", "Ferreira",
    "Carvalho", "Almeida", "Teixeira", "Moreira", "Azevedo", "Figueiredo", "Kowalski", "Nowak", "Wisniewski",
    "Zielinski", "Lewandowski", "Kaczmarek", "Piotrowski", "Grabowski", "Yilmaz", "Demir", "Kaya", "Aydin", "Bouzidi",
    "El Amrani", "Benali", "Haddad", "Sharma", "Patel", "Iyer", "Banerjee", "Chen", "Zhang", "Nguyen", "Tran",
    "Tanaka", "Park", "Mensah", "Owusu", "Okafor", "Adeyemi", "Dlamini", "Petrenko", "Kovac", "Popescu", "Ricci",
    "Moretti", "Navarro", "Delgado", "Lindqvist", "Nilsen", "Weber", "Schneider", "Meijer", "Verhoeven", "Willems",
    "Scholten", "van der Meer", "Peeters", "Marchetti", "Sorensen", "Castellanos", "Baptista", "Wojcik", "Rahman",
)  # fmt: skip
STREETS: Final = (
    "Havenstraat", "Molenweg", "Kerkstraat", "Dorpsstraat", "Lindelaan", "Beukenlaan", "Stationsweg", "Parkweg",
    "Wilgenlaan", "Zeedijk", "Schoolstraat", "Kanaalkade", "Eikenlaan", "Marktplein", "Oranjelaan", "Vuurtorenpad",
    "Singel", "Nieuwegracht", "Duinweg", "Vlietkade", "Ringbaan", "Burgemeester Kooistraat", "Prinsenhof",
)  # fmt: skip
CITIES: Final = {
    "north": ("Groningen", "Leeuwarden", "Assen", "Drachten"),
    "east": ("Enschede", "Zwolle", "Arnhem", "Deventer"),
    "south": ("Eindhoven", "Tilburg", "Maastricht", "Breda"),
    "west": ("Rotterdam", "Haarlem", "Leiden", "Utrecht", "Delft"),
}
MAIL_HOSTS: Final = ("harbormail.example", "postbus.example", "inbox.example", "mailhaven.example", "zomail.example")
# One name each for 36 agents, team by team; companies of more agents go on with FIRST x LAST.
AGENTS: Final = (
    "Femke Bosman", "Tariq Hassani", "Ingrid Solheim", "Joost van Rijn", "Amara Okonkwo", "Niamh Gallagher",
    "Bas Terpstra", "Leila Farahani", "Sofie Claes", "Marlon Pinas", "Yara Haddou", "Ruud Hermsen",
    "Tiago Nogueira", "Marta Queiroz", "Helder Pacheco", "Filipa Sampaio", "Vasco Leitao", "Aisha Camara",
    "Kamil Wrobel", "Justyna Maj", "Bartosz Lis", "Oksana Melnyk", "Hubert Sikora", "Danuta Krol",
    "Bruno Valadares", "Lidia Fontes", "Andre Quintela", "Miriam Cardozo", "Paulo Serrano", "Jana Novotna",
    "Koen Wagenaar", "Deniz Arslan", "Roos Timmer", "Anil Gopal", "Esther Blom", "Mateus Duarte",
)  # fmt: skip
