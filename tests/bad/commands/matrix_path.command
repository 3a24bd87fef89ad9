matrix company.yaml -o no/such/folder/matrix.csv
