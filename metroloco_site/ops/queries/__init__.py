"""Read only: what the installation holds."""
