"""What must be closed when a command ends, however it ends."""

from contextlib import ExitStack

at_end = ExitStack()
