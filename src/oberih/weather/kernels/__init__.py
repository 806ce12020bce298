"""Which formulas make a boundary layer out of routine weather?  Pure functions of floats and arrays, SI."""
