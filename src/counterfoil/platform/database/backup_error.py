"""What can be wrong with a backup."""


class BackupError(Exception):
    """A backup could not be made or read; a sentence that says why."""
