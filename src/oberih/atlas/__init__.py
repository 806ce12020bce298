"""Where would it go?"""
