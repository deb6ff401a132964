"""The program around the rooms: processes, signals, commands."""  # noqa: A005  (named after the room)
