export --to json --facts ,
