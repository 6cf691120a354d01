"""What moto lacks, one gap a file."""
