rules new mine --extends b2b_marketng
