"""How do files become regimes and observations, and mistakes lines with a cure?"""
