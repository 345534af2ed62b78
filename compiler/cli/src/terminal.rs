//! Where the output goes: with or without colour, in which characters and how wide.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use terminal_size::{Width, terminal_size};

use crate::failure::Failure;

/// The width of what is no terminal: a log, a file.
const WIDTH_ELSEWHERE: usize = 100;
/// Below this, lines are broken by the terminal: there is no sense in breaking them to ribbons.
const LEAST_WIDTH: usize = 40;
/// Longer lines are hard to read, however wide the terminal is.
const MOST_WIDTH: usize = 120;

/// A style of its own for each thing that is said.
#[derive(Clone, Copy, Default)]
pub(crate) struct Styles {
    pub(crate) error: Style,
    pub(crate) warning: Style,
    pub(crate) good: Style,
    pub(crate) heading: Style,
    pub(crate) code: Style,
    pub(crate) hint: Style,
    pub(crate) remove: Style,
    pub(crate) insert: Style,
    pub(crate) faint: Style,
}

impl Styles {
    fn coloured() -> Self {
        Self {
            error: AnsiColor::Red.on_default().bold(),
            warning: AnsiColor::Yellow.on_default().bold(),
            good: AnsiColor::Green.on_default().bold(),
            heading: Style::new().bold(),
            code: AnsiColor::Cyan.on_default(),
            hint: AnsiColor::Cyan.on_default(),
            remove: AnsiColor::Red.on_default(),
            insert: AnsiColor::Green.on_default(),
            faint: Style::new().dimmed(),
        }
    }
}

/// Standard output and standard error, as the user wants them.
pub(crate) struct Terminal {
    pub(crate) width: usize,
    /// Nothing but findings.
    pub(crate) quiet: bool,
    pub(crate) styles: Styles,
    pub(crate) coloured: bool,
    /// Whether it shows more than ASCII.
    pub(crate) unicode: bool,
    failure_styles: Styles,
}

impl Terminal {
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        match color {
            ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
            ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
            ColorChoice::Auto => {}
        }
        let coloured = is_coloured(anstream::AutoStream::choice(&io::stdout()));
        let styles = |coloured| if coloured { Styles::coloured() } else { Styles::default() };
        let failures_coloured = is_coloured(anstream::AutoStream::choice(&io::stderr()));
        Self {
            width: width(),
            quiet,
            styles: styles(coloured),
            coloured,
            unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
            failure_styles: styles(failures_coloured),
        }
    }

    /// Writes to standard output. Whoever reads it may stop reading: that is no failure.
    #[allow(clippy::unused_self, reason = "what is written belongs to this terminal")]
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Writes to standard error, in colour where that shows it.
    #[allow(clippy::unused_self, reason = "what is written belongs to this terminal")]
    pub(crate) fn print_error(&self, text: &str) {
        // When standard error is gone, nobody is left to be told.
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    }

    /// Says on standard error why the command could not run.
    pub(crate) fn fail(&self, failure: &Failure) {
        let Styles { error, hint, .. } = self.failure_styles;
        let mut text = String::new();
        for reason in &failure.reasons {
            let _ = writeln!(text, "{error}error{error:#}: {}", reason.message);
            if let Some(help) = &reason.help {
                let _ = writeln!(text, "  {hint}help{hint:#}: {help}");
            }
        }
        // When standard error is gone, nobody is left to be told.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Says on standard error what is no part of the findings, so that programs can read those.
    pub(crate) fn note(&self, text: &str) {
        let hint = self.failure_styles.hint;
        let _ = writeln!(io::stderr().lock(), "{hint}note{hint:#}: {text}");
    }

    /// miette's renderer in this terminal's colours and characters.
    pub(crate) fn miette(&self) -> GraphicalReportHandler {
        let theme = GraphicalTheme {
            characters: if self.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
            styles: if self.coloured { ThemeStyles::ansi() } else { ThemeStyles::none() },
        };
        GraphicalReportHandler::new_themed(theme).with_width(self.width).with_links(false)
    }
}

fn is_coloured(choice: anstream::ColorChoice) -> bool {
    !matches!(choice, anstream::ColorChoice::Never)
}

fn width() -> usize {
    terminal_size()
        .map_or(WIDTH_ELSEWHERE, |(Width(width), _)| usize::from(width).clamp(LEAST_WIDTH, MOST_WIDTH))
}
