@testable import ServingClient
