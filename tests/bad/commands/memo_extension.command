memo company.yaml -o memo.pdf
