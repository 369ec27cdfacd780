// The room EngineServer: its first file.
