"""Claims about what time does, on a server whose clock can be moved."""
