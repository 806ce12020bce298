"""Laws of the comparisons."""
