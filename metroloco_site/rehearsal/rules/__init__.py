"""Pure Python: no ORM, no clock."""
