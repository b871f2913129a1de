"""Door → form → action or query → render."""
