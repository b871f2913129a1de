"""What comes in, checked: forms of pages, and the drafts that an open page sends."""
