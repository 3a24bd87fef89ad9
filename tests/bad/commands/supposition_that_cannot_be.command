whatif company.yaml current.bdr=nobody
