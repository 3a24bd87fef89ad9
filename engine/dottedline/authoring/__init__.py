"""For people who write rules: what checks, tests, describes, compares and lays out a rulebook."""
