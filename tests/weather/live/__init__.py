"""Live sources."""

import pyproj

assert pyproj.__version__  # loaded before eccodes: after it, it crashes the interpreter at its end
