chart company.yaml --format json -o company.yaml
