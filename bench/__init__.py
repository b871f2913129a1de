"""What the server costs, and what it loses: `python -m bench classroom`, `python -m bench kill9`."""
