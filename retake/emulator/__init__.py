"""AWS on this machine: moto, what it lacks, and the bucket as a folder."""
