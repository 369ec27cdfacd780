// The room EngineModel: its first file.
