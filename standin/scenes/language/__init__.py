"""The few words the stand-in understands, shared by its painter and its Claude: names of things, not their looks."""
