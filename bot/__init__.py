"""Parley's service: comments in, verdicts with evidence out, a queue for the moderators."""

__version__ = "0.1.0"
