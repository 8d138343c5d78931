//! Work shared out to all cores. SQLite is read and written by one of them, so the others get what was read, and hand
//! back what is to be written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// Batches that may wait for a core, and for being taken back: so much is held in memory, and no more.
const WAITING: usize = 4;

/// Reads batches here, does the work of each on another core, and takes what comes of it here, in the order in which it
/// was read. Ends with the first error of either side.
pub fn on_all_cores<A: Send, B: Send, E>(
    batches: impl Iterator<Item = Result<Vec<A>, E>>,
    work: impl Fn(A) -> B + Sync,
    mut take: impl FnMut(B) -> Result<(), E>,
) -> Result<(), E> {
    let mut batches = batches.peekable();
    let Some(first) = batches.next().transpose()? else { return Ok(()) };
    if batches.peek().is_none() {
        return first.into_iter().map(work).try_for_each(take);
    }
    let others = cores().max(2) - 1;
    let work = &work;
    std::thread::scope(|scope| {
        let hire = |_| {
            let (hand_over, batches) = sync_channel::<Vec<A>>(WAITING);
            // One more than can wait before it and in its hands, so that it never waits to hand back.
            let (done, answers) = sync_channel::<Vec<B>>(WAITING + 2);
            let worker = scope.spawn(move || {
                for batch in batches {
                    // Nobody listens any more where the other side has failed.
                    if done.send(batch.into_iter().map(work).collect()).is_err() {
                        return;
                    }
                }
            });
            ((hand_over, answers), worker)
        };
        let (channels, workers): (Vec<_>, Vec<_>) = (0..others).map(hire).unzip();
        let (hands, answers): (Vec<_>, Vec<_>) = channels.into_iter().unzip();
        let all = move || {
            let (mut handed, mut taken) = (0, 0);
            for batch in std::iter::once(Ok(first)).chain(batches) {
                // Whoever is gone has panicked.
                if hands[handed % others].send(batch?).is_err() {
                    return Ok(());
                }
                handed += 1;
                // Whoever is next must be waited for where his hands are full, else he is asked.
                while taken < handed {
                    let next = &answers[taken % others];
                    let is_full = handed - taken > WAITING * others;
                    let Some(answer) = (if is_full { next.recv().ok() } else { next.try_recv().ok() }) else { break };
                    answer.into_iter().try_for_each(&mut take)?;
                    taken += 1;
                }
            }
            drop(hands);
            while taken < handed {
                let Ok(answer) = answers[taken % others].recv() else { return Ok(()) };
                answer.into_iter().try_for_each(&mut take)?;
                taken += 1;
            }
            Ok(())
        };
        let outcome = all();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
        outcome
    })
}

/// Does pieces of work, each core with what was opened for it, and takes what comes of them here, in whatever order, with
/// the number of the piece. Ends with the first error.
pub fn by_all_cores<S: Send, B: Send, E: Send>(
    n_pieces: usize,
    opened: &mut [S],
    work: impl Fn(&S, usize) -> Result<B, E> + Sync,
    mut take: impl FnMut(usize, B) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let (work, next) = (&work, &next);
    std::thread::scope(|scope| {
        let (done, answers) = sync_channel::<Result<(usize, B), E>>(WAITING * opened.len());
        for opened in opened {
            let done = done.clone();
            scope.spawn(move || {
                while let piece = next.fetch_add(1, Ordering::Relaxed)
                    && piece < n_pieces
                {
                    let answer = work(opened, piece).map(|answer| (piece, answer));
                    let failed = answer.is_err();
                    // Nobody listens any more where the other side has failed.
                    if done.send(answer).is_err() || failed {
                        return;
                    }
                }
            });
        }
        drop(done);
        answers.into_iter().try_for_each(|answer| {
            let (piece, answer) = answer?;
            take(piece, answer)
        })
    })
}

/// How many cores there are.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Puts what comes in whatever order back in order.
pub struct InOrder<B> {
    next: usize,
    early: BTreeMap<usize, B>,
}

impl<B> Default for InOrder<B> {
    fn default() -> InOrder<B> {
        InOrder { next: 0, early: BTreeMap::new() }
    }
}

impl<B> InOrder<B> {
    /// Takes a piece, and all that waited for it.
    pub fn take<E>(&mut self, piece: usize, answer: B, mut take: impl FnMut(B) -> Result<(), E>) -> Result<(), E> {
        self.early.insert(piece, answer);
        while let Some(answer) = self.early.remove(&self.next) {
            self.next += 1;
            take(answer)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back_in_order() {
        for n in [0, 1, 2, 3, 1000] {
            let batches = (0..n).map(|batch| Ok::<_, ()>(vec![batch * 2, batch * 2 + 1]));
            let mut taken = Vec::new();
            let take = |answer| {
                taken.push(answer);
                Ok(())
            };
            on_all_cores(batches, |number| number * 10, take).unwrap();
            assert_eq!(taken, (0..2 * n).map(|number| number * 10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_piece_is_done_once() {
        for n in [0, 1, 2, 1000] {
            let mut taken = Vec::new();
            let mut in_order = InOrder::default();
            let take = |piece, answer| {
                in_order.take(piece, answer, |answer| {
                    taken.push(answer);
                    Ok::<(), String>(())
                })
            };
            by_all_cores(n, &mut [10, 10, 10], |ten, piece| Ok(piece * ten), take).unwrap();
            assert_eq!(taken, (0..n).map(|piece| piece * 10).collect::<Vec<_>>());
        }
        let bad = |_: &(), piece| if piece == 500 { Err("done") } else { Ok(()) };
        assert_eq!(by_all_cores(1000, &mut [(), ()], bad, |_, ()| Ok(())), Err("done"));
        assert_eq!(by_all_cores(1000, &mut [(), ()], |(), _| Ok(()), |_, ()| Err("taken")), Err("taken"));
    }

    #[test]
    fn an_error_of_either_side_ends_it() {
        let batches = |bad| (0..1000).map(move |batch| if batch == bad { Err("read") } else { Ok(vec![batch]) });
        for bad in [0, 1, 500] {
            assert_eq!(on_all_cores(batches(bad), |number| number, |_| Ok(())), Err("read"));
            let take = |number| if number == bad { Err("taken") } else { Ok(()) };
            assert_eq!(on_all_cores(batches(9999), |number| number, take), Err("taken"));
        }
    }

    #[test]
    #[should_panic = "here"]
    fn a_panic_is_passed_on() {
        let batches = (0..1000).map(|batch| Ok::<_, ()>(vec![batch]));
        let _ = on_all_cores(batches, |number| assert!(number != 700, "here"), |()| Ok(()));
    }
}
