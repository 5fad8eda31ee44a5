//! Work that mostly waits, several pieces at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

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

/// Room for so many at once, whoever they are.
pub struct Seats {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Seats {
    /// Two a core: who runs proofs mostly waits.
    pub fn new() -> Seats {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Seats {
            free: Mutex::new(2 * cores),
            freed: Condvar::new(),
        }
    }

    /// Does the work once there is room for it.
    pub fn seated<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().expect("no panic while held");
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .expect("no panic while held");
        *free -= 1;
        drop(free);
        let done = work();
        *self.free.lock().expect("no panic while held") += 1;
        self.freed.notify_one();
        done
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

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

    #[test]
    fn nobody_is_seated_where_there_is_no_room() {
        let seats = Seats::new();
        let room = *seats.free.lock().unwrap();
        let (seated, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let guests: Vec<usize> = (0..50 * room).collect();
        side_by_side(&guests, 3 * room, |_| {
            seats.seated(|| {
                let now = seated.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                std::thread::yield_now();
                seated.fetch_sub(1, Ordering::SeqCst);
            });
            Ok(())
        })
        .unwrap();
        let most = most.into_inner();
        assert!((1..=room).contains(&most), "{most} of {room}");
        assert_eq!(*seats.free.lock().unwrap(), room);
    }
}
