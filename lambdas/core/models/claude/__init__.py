"""What Claude is asked: to list the requirements, to judge pictures by them, to revise the prompt."""
