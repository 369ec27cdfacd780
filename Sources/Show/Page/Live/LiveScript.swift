/// The live page's script, in the order in which its parts stand in the file.
enum LiveScript {
    static let source =
        "(()=>{\"use strict\";\n"
        + [PageScript.plot, words, timeline, servers, show, link].joined()
        + "})();\n"
}
