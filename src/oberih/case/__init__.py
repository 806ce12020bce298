"""Which whole story?"""
