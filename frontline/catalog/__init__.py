"""Definitions that people agreed on: schemas, shipped defaults, loader and linter. No I/O but reading YAML."""
