"""Read only. One frozen dataclass a screen."""
