rules new b2b_marketing
