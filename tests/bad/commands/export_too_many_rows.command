export --to json --topics bdr --most-rows 4
