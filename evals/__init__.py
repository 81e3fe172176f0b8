"""Measures exactly what `assistant.assembly` builds."""
