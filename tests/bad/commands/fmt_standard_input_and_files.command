rules fmt - company.yaml
