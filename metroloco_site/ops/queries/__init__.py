"""Read only: what is told about people, and what the installation holds."""
