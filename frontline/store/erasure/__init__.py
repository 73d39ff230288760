"""Erasure of one person from every store: what to look for, and what is done in each place."""
