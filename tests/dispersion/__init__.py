"""Laws of spreading."""
