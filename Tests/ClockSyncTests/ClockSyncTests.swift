@testable import ClockSync
