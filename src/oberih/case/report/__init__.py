"""How is an answer told to those who decide, and to those who must defend it?"""
