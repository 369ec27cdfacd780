// The room Report: its first file.
