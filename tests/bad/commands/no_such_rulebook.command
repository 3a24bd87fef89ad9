explain company.yaml width --rules nowhere
