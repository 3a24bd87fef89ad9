export --to json --facts gtm_motoin,bdr_priority
