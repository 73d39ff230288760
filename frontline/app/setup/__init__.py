"""The first hours of an owner: what is wanted, what it changes, what is still missing."""
