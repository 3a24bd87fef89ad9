whatif company.yaml gtm=1 gtm_motion=sideways freemium_product=yes freemium_product=no contractors=none freemium
