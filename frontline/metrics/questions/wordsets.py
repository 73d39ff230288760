"""Small closed classes of words that several rules look at; whatever is content or talk stands in the lexicon."""

from __future__ import annotations

# Articles and what stands in their place.
ARTICLES = frozenset({"the", "a", "an", "our", "this", "that", "its", "their", "de", "het"})
DETERMINERS = ARTICLES | {
    "my", "his", "her", "your", "these", "those", "een", "onze", "each", "every", "all", "any", "some",
}  # fmt: skip
# Those of whom a figure may be wanted.
BUYERS = frozenset({
    "customer", "customers", "client", "clients", "subscriber", "subscribers", "user", "users", "household",
    "households", "caller", "callers", "klant", "klanten", "member", "members",
})  # fmt: skip
# And what they bring: a clause with one of these may say of whom, or of what.
COUNTED = BUYERS | {"people", "folks", "cases", "tickets", "calls", "contacts", "ones"}
# Words that narrow a figure down or leave something out, wherever they stand.
RESTRICTING = frozenset({
    "only", "without", "skip", "skipping", "except", "excluding", "excl", "exclude", "ignoring", "ignore", "minus",
    "solely", "exclusively", "alone", "ones", "one", "besides", "barring", "limited", "restricted", "among", "amongst",
    "less", "alleen", "zonder", "behalve",
})  # fmt: skip
# A speaker who says what is meant: "I only look at gamers".
FOCUSING = frozenset({"only", "mean", "meant", "interested", "focus", "focusing", "focused", "alleen"})
# And those that narrow in a clause of its own: "if it is android", "but not the new ones".
NARROWING = RESTRICTING | FOCUSING | {
    "just", "if", "when", "who", "whose", "which", "where", "with", "but", "not",
}  # fmt: skip
