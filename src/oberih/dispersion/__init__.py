"""How does it spread?"""
