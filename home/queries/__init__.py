"""What the front door's screens need, joined across the packages, each at a fixed number of queries."""
