"""Laying out the files of rulebooks in one way: their order, their lines and their comments, and nothing else.

`tree` reads a text with its comments, `writing` writes it anew, `words` writes
single words and texts, and `files` holds what comes out against what went in.
"""
