//! Every finding that there is: number, name, severity, title and page. A number is never reused.

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth mending; everything works.
    Warning,
}

/// How a lint is treated. What the language refuses has no level: it is always an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported as a warning.
    Warn,
    /// Reported as an error.
    Deny,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    /// The word for it in `chor.toml`.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The level of this word.
    pub fn from_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.keyword() == word)
    }
}

/// One kind of finding.
#[derive(PartialEq, Eq)]
pub struct Code {
    /// `C0107`
    pub number: &'static str,
    /// `choice-unknown-to-participant`
    pub name: &'static str,
    /// How the lint is treated unless configured otherwise; `None`: it is no lint, the language refuses it.
    pub lint: Option<Level>,
    /// One line.
    pub title: &'static str,
    /// What `chor explain` shows, in Markdown.
    pub page: &'static str,
}

impl Code {
    /// Whether it is about what has changed, and so is found by a comparison with another version alone.
    pub fn is_of_changes(&self) -> bool {
        self.number.starts_with("C09")
    }

    /// How much a finding of this code matters, unless configured otherwise.
    pub fn severity(&self) -> Severity {
        match self.lint {
            None | Some(Level::Deny) => Severity::Error,
            Some(Level::Warn | Level::Allow) => Severity::Warning,
        }
    }
}

/// `C0107 choice-unknown-to-participant`
impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number, self.name)
    }
}

/// Without the page, which would hide all else.
impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// What stands in the table: the language's `Error`, or the level of a lint.
macro_rules! lint {
    (Error) => {
        None
    };
    ($level:ident) => {
        Some(Level::$level)
    };
}

macro_rules! codes {
    ($($number:ident $constant:ident $name:literal $lint:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $constant: Code = Code {
                number: stringify!($number),
                name: $name,
                lint: lint!($lint),
                title: $title,
                page: include_str!(concat!("pages/", stringify!($number), ".md")),
            };
        )*

        /// Every code, by number.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

// C00: files and syntax. C01: what a choreography must satisfy. C02: names and types. C03: contracts.
// C04: generated code. C05: names and docs. C06: shape of the graph, time and failure. C07: payloads. C08: life cycle.
// C09: what has changed since another version.
codes! {
    C0001 SYNTAX "syntax-error" Error "The text does not follow the grammar";
    C0003 UNBALANCED_BRACKET "unbalanced-bracket" Error "A bracket that is never closed, or never opened";
    C0004 UNTERMINATED_STRING "unterminated-string" Error "A text in quotes that does not end on its line";
    C0005 UNKNOWN_ESCAPE "unknown-escape" Error "An escape that means nothing";
    C0006 RESERVED_WORD "reserved-word" Error "A word of the language where a name is expected";
    C0007 FORBIDDEN_CHARACTER "forbidden-character" Error "An invisible character";
    C0008 FILE_TOO_LARGE "file-too-large" Error "A file that is too large";
    C0009 NESTING_TOO_DEEP "nesting-too-deep" Error "Brackets that stand too deep in each other";

    C0101 EMPTY_CHOREOGRAPHY "empty-choreography" Error "A choreography has no step";
    C0102 SINGLE_BRANCH "single-branch" Error "A choice has one branch only";
    C0103 EMPTY_BRANCH "empty-branch" Error "A branch opens with no event";
    C0104 BRANCH_OPENED_BY_ANOTHER "branch-opened-by-another" Error "A branch is opened by somebody who does not decide";
    C0105 BRANCHES_OPEN_ALIKE "branches-open-alike" Error "Two branches of a choice open with the same event";
    C0106 EMIT_OR_HEAR "emit-or-hear" Error "A participant cannot know whether to emit or to wait";
    C0107 CHOICE_UNKNOWN "choice-unknown-to-participant" Error "A participant cannot know whether to emit an event";
    C0108 ARRIVAL_AMBIGUOUS "arrival-ambiguous" Error "An event may arrive in a run in which it means something else";
    C0109 NEVER_TOLD "never-told" Error "A participant acted and is never told how it ended";
    C0110 LEFT_WAITING "left-waiting" Warn "A participant heard of an instance and is never told how it ended";
    C0111 STEP_LABEL_NEEDED "step-label-needed" Error "Two points of a service would get the same method";
    C0112 ANSWER_TOO_LARGE "answer-too-large" Error "A service has too many ways to answer at one point";
    C0113 CHOREOGRAPHY_TOO_LARGE "choreography-too-large" Error "A choreography is too large to be decided";
    C0114 UNKNOWN_LOOP "unknown-loop" Error "A `repeat` of a loop that is not around it";
    C0115 LOOP_NAME_TAKEN "loop-name-taken" Error "A loop within another of the same name";
    C0116 UNREACHABLE_STEP "unreachable-step" Error "A step that no run comes to";
    C0117 UNGUARDED_LOOP "unguarded-loop" Error "A loop that goes round without a step";
    C0118 RECURSIVE_RUN "recursive-run" Error "A choreography that runs itself";
    C0119 WRONG_ROLES "wrong-roles" Error "A `run` with too few or too many services";
    C0120 TWO_ROLES "two-roles" Error "One service in two roles of one choreography";
    C0121 RUN_KEY_DIFFERS "run-key-differs" Error "A choreography is run within another key";
    C0122 MISPLACED_START "misplaced-start" Error "An `on` that is not at the beginning";
    C0123 INVALID_PERIOD "invalid-period" Error "A deadline of an impossible length";
    C0124 OUT_OF_REGION "out-of-region" Error "A `repeat` or `rollback` that leads out of one part of a `par`";
    C0125 DEADLINE_START_UNKNOWN "deadline-start-unknown" Error "Whoever keeps a deadline cannot know when it begins";
    C0126 DEADLINE_AT_EXTERNAL "deadline-at-external" Error "A deadline that an external would keep";
    C0127 ELSE_OPENED_BY_ANOTHER "else-opened-by-another" Error "An `else` that does not open with an event of whoever keeps the deadline";
    C0128 EXPIRY_UNTOLD "expiry-untold" Error "A participant would not be told that a deadline has passed";
    C0129 UNDO_IN_LOOP "undo-in-loop" Error "A step may happen again before it is taken back";
    C0130 UNDO_AT_EXTERNAL "undo-at-external" Error "An `undo` of an external's step";
    C0131 PART_UNKNOWN "part-unknown" Error "A participant cannot know that a `par` has begun";
    C0132 STARTED_BY_NOBODY "started-by-nobody" Error "A choreography that starts with an event that nobody publishes";
    C0133 DEADLINE_NEVER_SETTLED "deadline-never-settled" Warn "A body that comes to its end and still waits for its deadline";
    C0134 START_TWICE "start-twice" Error "An event that starts a choreography can happen twice for one key";
    C0135 LOOP_WITHOUT_REPEAT "loop-without-repeat" Warn "A loop that never goes round";
    C0136 MISMATCHED_UNDO "mismatched-undo" Error "An `undo` that does not fit its step";
    C0137 EARLY_CALL_ELSEWHERE "early-call-elsewhere" Error "A request for an `else` that whoever keeps the deadline does not hear";
    C0138 EARLY_CALL_AMBIGUOUS "early-call-ambiguous" Error "A request for an `else` that could mean something else";
    C0139 DEADLINE_UNKNOWN "deadline-unknown" Error "A participant cannot know which deadline begins, or has passed";

    C0201 UNKNOWN_NAME "unknown-name" Error "A name that nothing declares";
    C0202 DUPLICATE_DECLARATION "duplicate-declaration" Error "Two declarations of one name";
    C0203 WRONG_KIND "wrong-kind" Error "A name of something else than is expected";
    C0204 UNKNOWN_IMPORT "unknown-import" Error "A `use` of something that does not exist";
    C0205 UNUSED_IMPORT "unused-import" Warn "A `use` of something that the file never mentions";
    C0206 AMBIGUOUS_IMPORT "ambiguous-import" Error "A `use` gives a name a second meaning";
    C0207 UNKNOWN_FIELD "unknown-field" Error "A field that the event does not have";
    C0208 DUPLICATE_MEMBER "duplicate-member" Error "Two fields, values or variants of one name";
    C0209 LISTED_TWICE "listed-twice" Error "The same thing twice in one list";
    C0210 UNUSABLE_NAME "unusable-name" Error "A name that generated code cannot carry";
    C0211 NAME_CLASH "name-clash" Error "Two names that become one in generated code";
    C0212 INVALID_VERSION "invalid-version" Error "A version that is not a number from 1";
    C0213 MISPLACED_OPTIONAL "misplaced-optional" Error "A `?` on something that is not a field";
    C0214 BOUND_NOT_APPLICABLE "bound-not-applicable" Error "A bound that the type does not have";
    C0215 INVALID_BOUND "invalid-bound" Error "A bound that no value, or no value of the type, can meet";
    C0216 INVALID_PATTERN "invalid-pattern" Error "A pattern that is not a regular expression";
    C0217 CYCLIC_TYPE "cyclic-type" Error "A type that contains itself";
    C0218 EMPTY_ENUM "empty-enum" Error "An enum without values, or a union without variants";
    C0219 MISSING_KEY_FIELD "missing-key-field" Error "An event that lacks a key field of its choreography";
    C0220 KEY_TYPE_DIFFERS "key-type-differs" Error "A key field with different types in the events of a choreography";
    C0221 UNUSABLE_KEY "unusable-key" Error "A key of a type, or of so many parts, that it tells no instances apart";
    C0222 UNUSABLE_MAP_KEY "unusable-map-key" Error "A map whose keys are of a type that JSON objects do not have";
    C0223 INVALID_DEFAULT "invalid-default" Error "A default that the field could not have as a value";
    C0224 DEFAULT_ON_OPTIONAL "default-on-optional" Error "A default on a field that may be absent";
    C0225 FORMER_NAME_TAKEN "former-name-taken" Error "A former name that is in use, or given twice";
    C0226 UNKNOWN_ATTRIBUTE "unknown-attribute" Error "An attribute that the language does not have";
    C0227 MISPLACED_ATTRIBUTE "misplaced-attribute" Error "An attribute above something of which it says nothing";
    C0228 ATTRIBUTE_ARGUMENTS "attribute-arguments" Error "An attribute with other arguments than it takes";

    C0301 MULTIPLE_PRODUCERS "multiple-producers" Error "An event that two services emit";
    C0302 SELF_CONSUME "self-consume" Error "A service that hears its own event";
    C0303 EMITS_NOT_STATED "emits-not-stated" Error "A service emits an event that its `emits` leaves out";
    C0304 EMITS_UNUSED "emits-unused" Error "A service states to emit what another emits in every step";
    C0305 READS_NOT_STATED "reads-not-stated" Error "A service hears an event that its `reads` leaves out";
    C0306 READS_UNUSED "reads-unused" Error "A service states to read what no step sends to it";
    C0307 FIELD_LIST_OF_EXTERNAL "field-list-of-external" Error "A list of fields for an external";
    C0308 DEAD_EVENT "dead-event" Warn "An event that is emitted and that nobody hears";
    C0309 ORPHAN_CONSUMER "orphan-consumer" Warn "An event that is heard and that nobody emits";
    C0310 UNUSED_EVENT "unused-event" Warn "An event that nobody emits or hears";
    C0311 UNUSED_TYPE "unused-type" Warn "A type that nothing uses";
    C0312 UNUSED_SERVICE "unused-service" Warn "A service that plays no part";
    C0313 UNREAD_FIELD "unread-field" Warn "A field that no consumer reads";
    C0314 UNUSED_CHOREOGRAPHY "unused-choreography" Warn "A choreography with roles that nobody runs";

    C0401 EVENT_TWICE_IN_ANSWER "event-twice-in-answer" Error "A service would emit one event twice in one answer";

    C0501 EVENT_PAST_TENSE "event-past-tense" Allow "An event whose name does not say what happened";
    C0502 COMMAND_IMPERATIVE "command-imperative" Allow "A command whose name does not say what to do";
    C0503 GENERIC_NAME "generic-name" Warn "An event that says that something changed, and not what";
    C0504 CASE_STYLE "case-style" Allow "A name in another style than the rest";
    C0505 REDUNDANT_SUFFIX "redundant-suffix" Allow "A name that repeats what kind of thing it names";
    C0506 MISSING_DOC "missing-doc" Allow "A declaration without a word about it";
    C0507 MISSING_OWNER "missing-owner" Allow "A service for which nobody answers";
    C0508 NEAR_DUPLICATE_EVENT "near-duplicate-event" Warn "Two events whose names are made of the same words";

    C0601 FAN_OUT_TOO_HIGH "fan-out-too-high" Warn "An event that too many services hear";
    C0602 FAN_IN_TOO_HIGH "fan-in-too-high" Warn "A service that listens to too many others";
    C0603 GOD_SERVICE "god-service" Warn "A service that takes part in too much";
    C0604 CHATTY_PAIR "chatty-pair" Warn "Two services that tell each other too much";
    C0605 LONG_CHAIN "long-chain" Warn "A choreography in which too many events wait for each other";
    C0606 EVENT_CYCLE "event-cycle" Deny "Choreographies that start each other in a circle";
    C0607 MISSING_DEADLINE "missing-deadline" Allow "A wait without a bound";
    C0608 LATE_WITHOUT_UNDO "late-without-undo" Allow "A step that a deadline may overtake, without a word about taking it back";
    C0609 MISSING_COMPENSATION "missing-compensation" Allow "A step before a rollback that does not say whether it is taken back";
    C0610 MAY_RUN_AHEAD "may-run-ahead" Warn "Somebody who goes on before a part of a `par` is over";
    C0611 STARVABLE_LOOP "starvable-loop" Warn "A loop without a bound, for whose end somebody waits";
    C0612 PASSIVE_AGGRESSIVE_EVENT "passive-aggressive-event" Allow "An event that is a request";

    C0701 TOO_WIDE "too-wide" Warn "An event with too many fields";
    C0702 OPTIONAL_EVERYTHING "optional-everything" Warn "An event in which everything may be absent";
    C0703 CLOSED_ENUM_ON_EVENT "closed-enum-on-event" Allow "An event with an enum that can never get another value";
    C0704 FLOAT_MONEY "float-money" Warn "Money in a number that cannot hold it";
    C0705 INT64_UNSAFE_IN_JS "int64-unsafe-in-js" Allow "A number that JavaScript cannot hold";
    C0706 TIME_WITHOUT_ZONE "time-without-zone" Warn "A time whose zone nobody knows";
    C0707 PII_UNFLAGGED "pii-unflagged" Warn "Personal data that is not marked as such";
    C0708 PII_FAN_OUT "pii-fan-out" Warn "Personal data that too many services read";
    C0709 TOO_LARGE "too-large" Allow "An event that may become too large";

    C0801 INVALID_ALLOW "invalid-allow" Error "An `@allow` that lacks something, or says what nobody understands";
    C0802 UNKNOWN_RULE "unknown-rule" Error "An `@allow` of a rule that does not exist";
    C0803 NOT_A_LINT "not-a-lint" Error "An `@allow` of what the language refuses";
    C0804 EXPIRED_SUPPRESSION "expired-suppression" Error "An `@allow` whose time is over";
    C0805 UNUSED_SUPPRESSION "unused-suppression" Warn "An `@allow` that silences nothing";
    C0806 DEPRECATED_STILL_USED "deprecated-still-used" Warn "Something deprecated that is still used";
    C0807 PAST_SUNSET "past-sunset" Deny "Something deprecated whose day is over";

    C0901 EVENT_REMOVED "event-removed" Deny "An event that somebody waits for is removed";
    C0902 PRODUCER_REMOVED "producer-removed" Deny "An event that somebody waits for is not published any more";
    C0903 CONSUMER_REMOVED "consumer-removed" Warn "An event that nobody hears any more";
    C0904 FIELD_UNREADABLE "field-unreadable" Deny "A field that a reader needs is absent, or there twice";
    C0905 TYPE_CHANGED "type-changed" Deny "A field with a type that a reader does not expect";
    C0906 BOUND_CHANGED "bound-changed" Deny "A value that the bounds of a reader refuse";
    C0907 VALUE_UNKNOWN "value-unknown" Deny "A value or variant that a reader does not know";
    C0908 MEANING_CHANGED "meaning-changed" Warn "What is absent means something else";
    C0909 SILENTLY_LOST "silently-lost" Warn "A renamed field that a reader does not find, and does not miss";
    C0910 MAY_BREAK "may-break" Warn "A change that a reader may stumble over";
    C0911 KEY_CHANGED "key-changed" Deny "A choreography with another key than before";
    C0912 UNKNOWN_TO_RUNNING "unknown-to-running" Deny "An event that a running participant does not know";
    C0913 SUBSCRIPTION_REMOVED "subscription-removed" Deny "An event on its way to somebody who hears it no more";
    C0914 UNDO_REMOVED "undo-removed" Deny "A step that cannot be taken back as it was promised";
    C0915 DEADLINE_SHORTENED "deadline-shortened" Warn "A deadline that is shorter than before";
    C0916 FLOW_CHANGED "flow-changed" Deny "A participant of open instances that does something else than before";
    C0917 NAME_REUSE "name-reuse" Warn "A name that was removed and is back for something else";
    C0918 EVENT_RENAMED "event-renamed" Deny "An event under a name that not every reader knows";
}

/// The code with this number (`C0107`) or name (`choice-unknown-to-participant`, with `_` as well), in any case.
pub fn find(number_or_name: &str) -> Option<&'static Code> {
    let written = number_or_name.replace('_', "-");
    ALL.iter()
        .copied()
        .find(|code| code.number.eq_ignore_ascii_case(&written) || code.name.eq_ignore_ascii_case(&written))
}
