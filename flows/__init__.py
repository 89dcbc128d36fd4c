"""In which order: thin Prefect flows over `corpus` and `warehouse`, and the command line."""
