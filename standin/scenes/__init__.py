"""What the stand-in paints, sees and reads."""
