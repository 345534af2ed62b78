//! What a finding is known by when the lines around it move.

use std::collections::BTreeMap;
use std::fmt;

use chor_compiler::diag::Diagnostic;
use chor_compiler::fnv::fnv1a;
use chor_compiler::source::Sources;

/// A finding's rule, file and message, in a number. The line is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint {
    same: u64,
    /// Which of those that have all this in common it is, in the order of the text, from 0.
    turn: u64,
}

impl Fingerprint {
    fn of(finding: &Diagnostic, sources: &Sources) -> Self {
        let file = sources.file(finding.primary.span).map_or("", |file| file.name());
        Self { same: hash(&[finding.code.number, file, &finding.message]), turn: 0 }
    }

    /// Whether it is among the first so many of those that have all this in common.
    pub(crate) fn before(self, count: usize) -> bool {
        self.turn < u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// What no other finding of the run has.
    pub(crate) fn unique(self) -> String {
        if self.turn == 0 { self.to_string() } else { format!("{self}-{}", self.turn) }
    }
}

/// What findings have in common that differ by their place alone.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.same)
    }
}

/// The fingerprints of findings, in their order.
pub(crate) fn fingerprints(findings: &[Diagnostic], sources: &Sources) -> Vec<Fingerprint> {
    let mut turns: BTreeMap<u64, u64> = BTreeMap::new();
    let numbered = |finding| {
        let Fingerprint { same, .. } = Fingerprint::of(finding, sources);
        let turn = turns.entry(same).or_default();
        *turn += 1;
        Fingerprint { same, turn: *turn - 1 }
    };
    findings.iter().map(numbered).collect()
}

/// The same in every version and on every machine.
fn hash(parts: &[&str]) -> u64 {
    // No text holds the byte 0xff, so it keeps the parts apart.
    fnv1a(parts.iter().flat_map(|part| part.bytes().chain([0xff])))
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn parts_are_kept_apart_and_the_number_never_changes() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_eq!(hash(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(&["a"]), {
            let a = (0xcbf2_9ce4_8422_2325u64 ^ 0x61).wrapping_mul(0x0100_0000_01b3);
            (a ^ 0xff).wrapping_mul(0x0100_0000_01b3)
        });
    }
}
