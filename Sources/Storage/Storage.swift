// The room Storage: its first file.
