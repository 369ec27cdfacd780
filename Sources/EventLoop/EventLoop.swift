// The room EventLoop: its first file.
