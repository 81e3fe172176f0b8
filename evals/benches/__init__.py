"""How fast it is, and how much it bears: `python -m evals bench`."""
