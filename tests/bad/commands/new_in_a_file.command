rules new mine --in company.yaml
