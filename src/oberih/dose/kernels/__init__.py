"""Which formulas turn activity into dose?  Pure functions on floats and arrays, SI."""
