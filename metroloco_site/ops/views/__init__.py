"""Pages one click from everywhere, and the lessons of the teachers."""
