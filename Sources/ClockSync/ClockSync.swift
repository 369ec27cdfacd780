// The room ClockSync: its first file.
