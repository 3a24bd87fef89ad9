export --to sql --topics bdr --keep id,bdr.outcome
