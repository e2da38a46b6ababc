"""What protects visitors: masking, erasing, exporting, and who looked."""
