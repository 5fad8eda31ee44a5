//! Moments: RFC 3339 in files, seconds since 1970 here.

use anyhow::{Context as _, Result};
use toml::value::{Datetime, Offset};

/// `2026-03-01T23:59:00+01:00`; without an offset it is UTC.
pub fn parse(text: &str) -> Result<i64> {
    let when: Datetime = text
        .parse()
        .with_context(|| format!("{text:?} is no moment, such as 2026-03-01T23:59:00+01:00"))?;
    seconds(&when).with_context(|| format!("{text:?} is no moment: it needs a date and a time"))
}

/// The seconds since 1970 of a date with a time.
pub fn seconds(when: &Datetime) -> Option<i64> {
    let (date, time) = (when.date?, when.time?);
    let days = days(
        i64::from(date.year),
        i64::from(date.month),
        i64::from(date.day),
    );
    let of_day = i64::from(time.hour) * 3600
        + i64::from(time.minute) * 60
        + i64::from(time.second.unwrap_or_default());
    let offset = match when.offset {
        Some(Offset::Custom { minutes }) => i64::from(minutes) * 60,
        _ => 0,
    };
    Some(days * 86_400 + of_day - offset)
}

/// Days since 1970, in the calendar of today.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March ends with the day that comes and goes.
    let (year, month) = match month {
        3.. => (year, month - 3),
        _ => (year - 1, month + 9),
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// As reports show it, in UTC.
pub fn shown(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(seconds) => {
            let when = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            humantime::format_rfc3339_seconds(when).to_string()
        }
        Err(_) => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_same_in_every_zone() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-03-01T23:59:00+01:00", 1_772_405_940),
            ("2026-03-01T22:59:00Z", 1_772_405_940),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
        ] {
            assert_eq!(parse(text).unwrap(), seconds, "{text}");
        }
        assert_eq!(shown(1_772_405_940), "2026-03-01T22:59:00Z");
        assert!(parse("yesterday").is_err());
        assert!(parse("2026-03-01").is_err());
    }
}
