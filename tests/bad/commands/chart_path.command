chart company.yaml -o no/such/folder/chart.svg
