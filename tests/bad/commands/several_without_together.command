consult company.yaml other.yaml
