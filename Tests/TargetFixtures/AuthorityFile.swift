import Glibc

/// An authority, and its certificate in a file that goes away with it.
///
/// Unchecked Sendable: nothing of it changes once it is made.
package final class AuthorityFile: @unchecked Sendable {
    package let authority: TestCertificate
    package let path: String

    package init(subject: String = "authority of a test") {
        authority = TestCertificate(subject: subject, names: nil)
        var template = Array("/tmp/legato-authority-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        precondition(descriptor >= 0, "the test gets no temporary file")
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let pem = authority.pem
        precondition(write(descriptor, pem, pem.count) == pem.count, "the disk is full")
        close(descriptor)
    }

    deinit { unlink(path) }
}
