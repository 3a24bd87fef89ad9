rules new Meetings-1
