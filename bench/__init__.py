"""The benchmark: `make bench`. What it measures, and against what, stands in README.md."""
