consult company.yaml --record company.yaml
