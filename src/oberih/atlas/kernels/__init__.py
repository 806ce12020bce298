"""Which arithmetic does an atlas need?  Pure functions on arrays, NumPy and Numba only."""
