"""What `make bench` measures, and how: tools/bench.py runs it."""
