import HTTPServer
import JSON

/// A refusal in the form of the OpenAI API.
struct APIError: Error, Hashable, Sendable {
    var status: UInt16
    /// One sentence, without any prompt text.
    var message: String
    /// The field of the request that is at fault.
    var parameter: String?

    init(status: UInt16 = 400, message: String, parameter: String? = nil) {
        self.status = status
        self.message = message
        self.parameter = parameter
    }

    /// The name that the API gives this kind of error.
    private var type: String {
        switch status {
        case 404: "NotFoundError"
        case 405: "MethodNotAllowedError"
        case 500...: "InternalServerError"
        default: "BadRequestError"
        }
    }

    var answer: HTTPAnswer {
        HTTPAnswer(
            status: status,
            json: [
                "error": [
                    "message": .string(message), "type": .string(type),
                    "param": parameter.map(JSONValue.string) ?? .null,
                    "code": .integer(Int64(status)),
                ]
            ])
    }
}
