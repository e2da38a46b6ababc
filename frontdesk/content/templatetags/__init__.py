"""What every page of the editors' shows."""
