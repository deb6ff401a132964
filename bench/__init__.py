"""The benchmarks: `make bench`. Times are ratios against something run side by side on the same machine."""
