"""The decision record: a line for each answer that was given, and what comes out when they are run again."""
