"""A rulebook's decision tables in the forms that other engines run."""
