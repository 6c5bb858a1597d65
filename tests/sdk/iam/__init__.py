"""Claims about accounts, users, policies and what they permit."""
