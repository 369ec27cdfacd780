import Testing

@testable import PlainText

@Suite struct CredentialNameTests {
    @Test(arguments: [
        "authorization", "Proxy-Authorization", "X-API-Key", "api_key", "Ocp-Apim-Subscription-Key",
        "x-auth-token", "Cookie", "Set-Cookie", "client_secret", "password", "passphrase", "sig",
        "code", "X-Amz-Signature", "X-Amz-Credential", "session_id", "access_token",
    ])
    func aCredentialIsKnownByItsName(name: String) {
        #expect(CredentialName.isOne(name) && CredentialName.isOne(name.uppercased()))
        #expect(
            URLQuery.withoutSecrets("http://a/?x=1&\(name)=hunter2&y=2", mask: "***")
                == "http://a/?x=1&\(name)=***&y=2")
    }

    @Test(arguments: ["x-team", "accept", "api-version", "model", "design", "host", "x-request-id"])
    func otherNamesAreNone(name: String) {
        #expect(!CredentialName.isOne(name))
        #expect(URLQuery.withoutSecrets("a?\(name)=v", mask: "***") == "a?\(name)=v")
    }
}
