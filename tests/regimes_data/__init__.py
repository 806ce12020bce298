"""Do the regimes that ship, and the tables beside them, keep their word?"""
