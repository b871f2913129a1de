"""Read only: what is told about people, and their own rows."""
