"""Claims about the key service."""
