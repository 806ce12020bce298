"""What do other models say of the same release in the same air?

Readers of their output into one noun (`gridded`), the common job's air (`air`), the runs, and how far they agree.
"""
