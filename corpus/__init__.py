"""Text, and nothing but text: pure functions and models from raw bytes to advice and themes."""
