// The room ServingClient: its first file.
