"""What set-up brings onto a machine: the embedding model and the translation packages."""
