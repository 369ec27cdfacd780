// The room Journal: its first file.
