@testable import CoordinatorCore
