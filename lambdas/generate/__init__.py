"""Generate image: make the pictures of one attempt."""
