// The room Transport: its first file.
