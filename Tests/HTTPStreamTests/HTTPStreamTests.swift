@testable import HTTPStream
