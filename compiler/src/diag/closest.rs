//! "Did you mean …?"

/// The name that was most likely meant: a slip or two away, whatever the case; the first of equals.
pub fn closest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let slips = (written.chars().count() / 3).min(3);
    names
        .into_iter()
        // Names are ASCII, nearly always: what differs more in length takes more slips. Most names end here.
        .filter(|name| name.len().abs_diff(written.len()) <= slips || !name.is_ascii())
        .map(|name| (strsim::osa_distance(&written, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not() {
        let names = ["Payment", "Payments", "Orders", "C0107", "B"];
        for (written, meant) in [
            ("payment", Some("Payment")),
            ("Pyament", Some("Payment")),
            ("Paymentss", Some("Payments")),
            ("order", Some("Orders")),
            ("C0170", Some("C0107")),
            ("Shipping", None),
            ("A", None),
            ("", None),
        ] {
            assert_eq!(closest(written, names), meant, "{written}");
        }
    }
}
