"""Claims about the tests' own tools; they need no server."""
