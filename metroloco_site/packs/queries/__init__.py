"""Read only: the lessons of the teachers, as they are stored."""
