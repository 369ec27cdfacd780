import Testing

@testable import RunRecord

@Suite("An array that takes memory where it is set")
struct PagedArrayTests {
    @Test("It holds what was set, and elsewhere the element that it was made of")
    func elements() {
        var array = PagedArray(repeating: -1, count: 300)
        var expected = Array(repeating: -1, count: 300)
        for (value, index) in [200, 0, 299, 64, 63, 200].enumerated() {
            array[index] = value
            expected[index] = value
            #expect(array.elementsEqual(expected))
        }
        #expect(array.count == 300 && Array(array[198...201]) == [-1, -1, 5, -1])
        #expect(PagedArray(repeating: 0, count: 0).isEmpty)
    }

    @Test("Its length alone takes no memory: more than any machine has may be promised")
    func promised() {
        var array = PagedArray(repeating: 7, count: 1 << 60)
        array[100_000] = 8
        #expect(array[100_000] == 8 && array[99_999] == 7 && array[1 << 59] == 7)
    }
}
