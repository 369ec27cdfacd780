// The room HTTPStream: its first file.
