explain company.yaml lifecycle_marketing --why-not sales
