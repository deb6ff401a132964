"""Custom scripts, run in a process of their own that can be stopped without harm to anything else."""
