"""Intake of facts: files become a new generation, bad rows go to the vault with their reasons."""

from frontline.store.intake.ingest import Options, ingest
from frontline.store.intake.report import FileReport, Finding, LoadReport

__all__ = ["FileReport", "Finding", "LoadReport", "Options", "ingest"]
