"""Which formula spreads a puff?  Pure functions on floats and arrays, SI, NumPy and Numba only."""
