"""Answers and explanations for people: the same report in a terminal and in Markdown."""
