from tests.stores import clock_at, store

__all__ = ["clock", "store"]

clock = clock_at(7, 5)
