"""The only writers. Keyword arguments, `now` passed in; the caller opens the transaction."""
