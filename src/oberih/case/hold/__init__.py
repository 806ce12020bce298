"""Do the rules hold, on which evidence?"""
