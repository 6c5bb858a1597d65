"""Claims about audit traces."""
