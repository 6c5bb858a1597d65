"""Claims about bytes that no SDK would send."""
