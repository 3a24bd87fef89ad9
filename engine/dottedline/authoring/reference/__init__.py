"""The reference of a rulebook, made of its rules: as pages of Markdown and as one page of HTML."""
