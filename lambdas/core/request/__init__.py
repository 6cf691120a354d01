"""What does the user ask for, and is it valid? The request's fields, requirements, trigger and batch."""
