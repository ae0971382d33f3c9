"""The shell: the commands of `conversations-fake`."""
