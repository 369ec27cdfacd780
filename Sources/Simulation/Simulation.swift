// The room Simulation: its first file.
