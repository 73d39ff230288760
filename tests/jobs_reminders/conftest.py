from tests.stores import clock, store

__all__ = ["clock", "store"]
