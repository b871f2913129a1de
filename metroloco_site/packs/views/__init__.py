"""« Leçons »: the lessons of the teachers and their editor."""
