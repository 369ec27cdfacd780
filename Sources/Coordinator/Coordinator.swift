// The room Coordinator: its first file.
