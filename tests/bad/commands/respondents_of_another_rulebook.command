consult company.yaml other.yaml --together
