export --to sql --topics bdr --dialect snowflak
