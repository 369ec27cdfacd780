// The room CoordinatorCore: its first file.
