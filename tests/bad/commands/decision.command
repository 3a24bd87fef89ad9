explain company.yaml lifecycle
