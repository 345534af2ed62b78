//! XML like that of Checkstyle: files, each with its errors. Jenkins, reviewdog and many others read it.

use std::fmt::Write as _;

use super::xml::attribute;
use super::{Found, sentence, severity};

/// The version of Checkstyle whose output this is like; readers do not look at it.
const VERSION: &str = "10.0";

pub(super) fn render(found: Found<'_>) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"{VERSION}\">\n");
    for (name, findings) in found.by_file().filter(|(_, findings)| !findings.is_empty()) {
        let _ = writeln!(out, "  <file name=\"{}\">", attribute(name));
        for finding in findings {
            let place = found.sources.position(finding.primary.span.start);
            let _ = writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"chor.{}\"/>",
                place.line,
                place.column,
                severity(finding),
                attribute(&sentence(finding)),
                finding.code.name,
            );
        }
        out.push_str("  </file>\n");
    }
    out + "</checkstyle>\n"
}
