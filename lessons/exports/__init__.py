"""Documents to print or keep."""
