from tests.stores import clock_at, store, vault

__all__ = ["clock", "store", "vault"]

clock = clock_at(8, 40)
