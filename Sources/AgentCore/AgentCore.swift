// The room AgentCore: its first file.
