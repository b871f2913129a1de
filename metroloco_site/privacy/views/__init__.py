"""« Vos données », what students ask about theirs, sheets for families and for the register."""
