export --to sql --topics bdr --table bands
