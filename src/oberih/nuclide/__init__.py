"""What becomes of an atom?"""
