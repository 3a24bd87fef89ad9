"""Testing a rulebook: cases, what they reach, and whether they would notice a change."""
