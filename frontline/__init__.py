"""Frontline: what the rooms of the assistant share. See ARCHITECTURE.md for the map."""
