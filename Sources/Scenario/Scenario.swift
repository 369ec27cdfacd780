// The room Scenario: its first file.
