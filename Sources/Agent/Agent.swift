// The room Agent: its first file.
