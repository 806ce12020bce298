"""Which arithmetic of zones is worth a compiler?"""
