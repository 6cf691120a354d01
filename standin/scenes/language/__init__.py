"""The language of the stand-in: parses text into scenes, and writes scenes as English phrases."""
