//! Work that mostly waits, several pieces at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

/// Does `work` for each item, `at_once` of them side by side; what comes of
/// them, in the order of the items.
pub fn side_by_side<I: Sync, T: Send>(
    items: &[I],
    at_once: usize,
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = turns.map_while(|turn| Some((turn, items.get(turn)?)));
        let done = mine.map(|(turn, item)| Ok((turn, work(item)?)));
        done.collect::<Result<Vec<_>>>()
    };
    let mut done = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            done.extend(worker.join().expect("no panic")?);
        }
        Ok(())
    })?;
    done.sort_by_key(|(turn, _)| *turn);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// As many as there are cores.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::side_by_side;

    #[test]
    fn results_keep_the_order_and_an_error_is_one() {
        let items: Vec<u32> = (0..100).collect();
        let squares = side_by_side(&items, 7, |item| Ok(item * item)).unwrap();
        assert_eq!(
            squares,
            items.iter().map(|item| item * item).collect::<Vec<_>>()
        );
        let error = side_by_side(&items, 7, |item| match item {
            42 => bail!("no"),
            item => Ok(*item),
        });
        assert_eq!(error.unwrap_err().to_string(), "no");
    }
}
