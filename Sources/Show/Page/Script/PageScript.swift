/// The page's script, in the order in which its parts stand in the file: plain JavaScript, without
/// libraries, in one function of its own.
enum PageScript {
    static let source =
        "(async()=>{\"use strict\";\n"
        + [
            numbers, lens, plot, readers, timeline, servers, lanes, raster, strips, table, hands,
            surface, start,
        ].joined()
        + "})();\n"
}
