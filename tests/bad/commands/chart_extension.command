chart company.yaml -o chart.jpeg
