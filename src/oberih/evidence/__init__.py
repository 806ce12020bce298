"""Can it be shown again?"""
