"""What leaves the program as a file."""

from evaluations.exports.results import class_results

__all__ = ["class_results"]
