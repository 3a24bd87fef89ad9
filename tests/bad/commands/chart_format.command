chart company.yaml --format jpeg
