"""Briefing Assistant: questions over a curated corpus, answered in verbatim, cited quotations only, or declined."""
