/// An array of a given length whose elements are all alike until they are set, and take memory from
/// then on: a page of 64 with each first one.
package struct PagedArray<Element: Sendable>: RandomAccessCollection, Sendable {
    @usableFromInline static var pageCount: Int { 64 }

    @usableFromInline let element: Element
    /// Empty ones are not set; those behind the last that is set are not there.
    @usableFromInline var pages: [[Element]] = []
    package let endIndex: Int

    /// `count` times `element`. O(1).
    package init(repeating element: Element, count: Int) {
        self.element = element
        endIndex = count
    }

    @inlinable package var startIndex: Int { 0 }

    /// - Complexity: O(1), and to set the first one of a page O(index / 64) once.
    @inlinable package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < endIndex, "the index is one of the array")
            let (page, offset) = index.quotientAndRemainder(dividingBy: Self.pageCount)
            return page < pages.count && !pages[page].isEmpty ? pages[page][offset] : element
        }
        set {
            precondition(index >= 0 && index < endIndex, "the index is one of the array")
            let (page, offset) = index.quotientAndRemainder(dividingBy: Self.pageCount)
            while pages.count <= page { pages.append([]) }
            if pages[page].isEmpty {
                pages[page] = Array(repeating: element, count: Self.pageCount)
            }
            pages[page][offset] = newValue
        }
    }
}
