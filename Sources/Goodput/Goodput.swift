// The room Goodput: its first file.
