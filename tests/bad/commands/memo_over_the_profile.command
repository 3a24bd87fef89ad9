memo company.yaml --format markdown -o ./company.yaml
