//! Process ids that are known to be still those of the processes that got them.

use std::path::Path;

use anyhow::{Context as _, Result};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A process: its id, and when it started, so that another with the same id is not taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    id: i32,
    /// In clock ticks since boot (proc_pid_stat(5), field 22).
    started: u64,
}

impl Process {
    /// Looks up a process that is there.
    pub(super) fn of(id: u32) -> Result<Self> {
        let id = i32::try_from(id).context("a process id")?;
        let started = started(id).with_context(|| format!("process {id} is gone already"))?;
        Ok(Self { id, started })
    }

    /// Reads a pid file; `None` where there is none that can be read.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(file).ok()?;
        let (id, started) = text.trim().split_once(' ')?;
        Some(Self {
            id: id.parse().ok()?,
            started: started.parse().ok()?,
        })
    }

    /// Writes a pid file.
    pub(super) fn write(self, file: &Path) -> Result<()> {
        std::fs::write(file, format!("{} {}\n", self.id, self.started))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Tells whether it runs; one that has ended but was not waited for does not.
    pub(super) fn runs(self) -> bool {
        started(self.id) == Some(self.started)
    }

    /// Sends it a signal, where it still runs.
    pub(super) fn signal(self, signal: Signal) -> Result<()> {
        if !self.runs() {
            return Ok(());
        }
        match kill(Pid::from_raw(self.id), signal) {
            Ok(()) | Err(Errno::ESRCH) => Ok(()),
            Err(error) => {
                Err(error).with_context(|| format!("cannot send {signal} to process {}", self.id))
            }
        }
    }
}

/// Reads when a process started; `None` where it is gone or a zombie.
fn started(id: i32) -> Option<u64> {
    start_in(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

fn start_in(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_read_behind_a_hostile_name() {
        let stat = "12 (a) Z 1 (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assert_eq!(start_in(stat), Some(4711));
        assert_eq!(start_in(&stat.replace("(b) S", "(b) Z")), None);
        assert_eq!(start_in("12 (a) S 1 2"), None);
    }

    #[test]
    fn another_process_with_the_same_id_is_not_taken_for_it() {
        let this = Process::of(std::process::id()).unwrap();
        assert!(this.runs());
        let other = Process {
            started: this.started + 1,
            ..this
        };
        assert!(!other.runs());
        other.signal(Signal::SIGKILL).unwrap();
    }

    #[test]
    fn a_pid_file_is_read_back() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("pid");
        assert_eq!(Process::read(&file), None);
        let this = Process::of(std::process::id()).unwrap();
        this.write(&file).unwrap();
        assert_eq!(Process::read(&file), Some(this));
    }
}
