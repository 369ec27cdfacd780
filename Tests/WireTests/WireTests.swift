@testable import Wire
