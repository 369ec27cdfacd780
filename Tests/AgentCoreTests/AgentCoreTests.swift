@testable import AgentCore
