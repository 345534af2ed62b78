//! Days, as `@allow` and configurations name them. What day it is, is for the caller to say.

use std::fmt;

/// A day of the calendar: `2027-03-01`. Earlier days are less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if there is one.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        (day >= 1 && day <= days(year, month)?).then_some(Self { year, month, day })
    }

    /// Reads `2027-03-01`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| {
            let part = text.get(from..to)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part)
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let date = Self::new(
            digits(0, 4)?.parse().ok()?,
            digits(5, 7)?.parse().ok()?,
            digits(8, 10)?.parse().ok()?,
        )?;
        dashes.then_some(date)
    }

    /// The day that is so many days after 1970-01-01.
    pub fn from_days(days_since_1970: u64) -> Option<Self> {
        let (mut left, mut year) = (days_since_1970, 1970);
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year = year.checked_add(1)?;
        }
        let mut month = 1;
        while left >= u64::from(days(year, month)?) {
            left -= u64::from(days(year, month)?);
            month += 1;
        }
        Self::new(year, month, u8::try_from(left + 1).ok()?)
    }
}

fn days_of_year(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// How many days a month has; `None`: there is no such month.
fn days(year: u16, month: u8) -> Option<u8> {
    match month {
        2 if is_leap(year) => Some(29),
        2 => Some(28),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_that_exist_are_read() {
        for there in ["2027-03-01", "2028-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(Date::parse(there).map(|date| date.to_string()).as_deref(), Some(there));
        }
        for not in [
            "2027-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-04-31",
            "2027-3-01",
            "27-03-01",
            "2027/03/01",
            "+027-03-01",
            "soon",
            "",
        ] {
            assert_eq!(Date::parse(not), None, "{not}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (days, date) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_782, "2026-11-25")]
        {
            assert_eq!(Date::from_days(days), Date::parse(date), "{date}");
        }
        assert_eq!(Date::from_days(u64::MAX / 2), None);
    }

    #[test]
    fn earlier_days_are_less() {
        let date = |text| Date::parse(text).unwrap();
        assert!(date("2026-12-31") < date("2027-01-01") && date("2027-01-31") < date("2027-02-01"));
    }
}
