consult company.yaml --topics lifecycle_marketing,bdrs
