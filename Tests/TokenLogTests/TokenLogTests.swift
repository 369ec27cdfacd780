import Testing
@testable import TokenLog
