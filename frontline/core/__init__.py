"""The vocabulary every room speaks: errors, clock, periods, ids, actors, sealed text, replies, ports."""
