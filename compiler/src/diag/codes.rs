//! Every finding that there is: number, name, severity, title and page. A number is never reused.

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth mending; everything works.
    Warning,
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `C0107`
    pub number: &'static str,
    /// `choice-unknown-to-participant`
    pub name: &'static str,
    /// How much it matters, unless configured otherwise.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What `chor explain` shows, in Markdown.
    pub page: &'static str,
}

macro_rules! codes {
    ($($number:ident $constant:ident $name:literal $severity:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $constant: Code = Code {
                number: stringify!($number),
                name: $name,
                severity: Severity::$severity,
                title: $title,
                page: include_str!(concat!("pages/", stringify!($number), ".md")),
            };
        )*

        /// Every code, by number.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

// C00: files and syntax. C01: what a choreography must satisfy. C02: names and types. C03: contracts.
codes! {
    C0001 SYNTAX "syntax-error" Error "The text does not follow the grammar";
}

/// The code with this number (`C0107`) or name (`choice-unknown-to-participant`), in any case.
pub fn find(number_or_name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| {
        code.number.eq_ignore_ascii_case(number_or_name) || code.name.eq_ignore_ascii_case(number_or_name)
    })
}
