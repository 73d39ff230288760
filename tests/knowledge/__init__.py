"""Tests of articles, scripts and variants."""
