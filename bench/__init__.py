"""Every quality claim as a number: `python -m bench` runs all, `python -m bench.extraction` one."""
