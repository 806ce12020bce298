"""Do others' readers and the standards' own schemas take what we write?"""
