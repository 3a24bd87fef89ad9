"""Millions of company profiles: the same inference as consulting, column by column."""
