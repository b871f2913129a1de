"""Pages about the installation, one click from everywhere, and the demonstration's door."""
