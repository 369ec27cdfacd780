@testable import Goodput
