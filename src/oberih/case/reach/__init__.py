"""Where would it go, how far must the zone reach, and who must do what?"""
