memo company.yaml -o no/such/folder/memo.html
