export --to json --view advice
