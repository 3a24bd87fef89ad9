consult company.yaml --lang fr
