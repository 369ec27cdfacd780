// The room Wire: its first file.
