//! What a process that holds secrets asks of the kernel when it starts.

use std::fmt;
use std::fs;

use nix::errno::Errno;
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::prctl;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};
use nix::sys::stat::{Mode, umask};

use crate::Error;

/// The bit of `CAP_IPC_LOCK`, which lifts the limit on locked memory (capabilities(7)).
const CAP_IPC_LOCK: u32 = 14;

/// Says what [`harden`] found in force when it read the settings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// New files are closed to group and others.
    pub umask_private: bool,
    /// A crash leaves no core file.
    pub core_dumps_off: bool,
    /// Processes of the same user cannot attach to this one or read its memory.
    pub dumpable_off: bool,
    /// Neither this process nor its children can gain rights by executing a file.
    pub no_new_privileges: bool,
}

/// Closes the ways by which a secret leaves a process unasked: core files, debuggers of the same
/// user, files open to others, programs that gain rights.
///
/// Changing the user id or executing a file undoes a part of it: call it after those. Privileges
/// belong to a thread and pass to those it makes: call it before there are others.
///
/// # Errors
/// [`Error::Kernel`] when a call is refused, [`Error::NotInForce`] when one had no effect.
pub fn harden() -> Result<Report, Error> {
    let private = Mode::from_bits_truncate(0o077);
    umask(private);
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(Error::kernel("forbid core files"))?;
    prctl::set_dumpable(false).map_err(Error::kernel("make the process undumpable"))?;
    prctl::set_no_new_privs().map_err(Error::kernel("forbid new privileges"))?;

    let core = getrlimit(Resource::RLIMIT_CORE).map_err(Error::kernel("read a limit"))?;
    let dumpable = prctl::get_dumpable().map_err(Error::kernel("read dumpable"))?;
    let no_new = prctl::get_no_new_privs().map_err(Error::kernel("read no_new_privs"))?;
    let report = Report {
        umask_private: umask(private) == private,
        core_dumps_off: core == (0, 0),
        dumpable_off: !dumpable,
        no_new_privileges: no_new,
    };
    report.require()
}

impl Report {
    fn require(self) -> Result<Self, Error> {
        let settings = [
            (self.umask_private, "umask 077"),
            (self.core_dumps_off, "RLIMIT_CORE 0"),
            (self.dumpable_off, "PR_SET_DUMPABLE 0"),
            (self.no_new_privileges, "PR_SET_NO_NEW_PRIVS"),
        ];
        match settings.into_iter().find(|(in_force, _)| !in_force) {
            Some((_, setting)) => Err(Error::NotInForce { setting }),
            None => Ok(self),
        }
    }
}

/// Says whether the memory of this process can reach the swap device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryLock {
    /// All memory, now and later, stays out of swap.
    Locked,
    /// Memory is not locked, since the limit would starve the process.
    NotLocked {
        /// `RLIMIT_MEMLOCK` in bytes.
        limit_bytes: u64,
    },
}

impl fmt::Display for MemoryLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("locked"),
            Self::NotLocked { limit_bytes } => write!(
                f,
                "not locked: limit is {limit_bytes} bytes (set LimitMEMLOCK=infinity or \
                 grant CAP_IPC_LOCK)"
            ),
        }
    }
}

/// Keeps all memory of this process, present and future, out of swap, where that is safe.
///
/// Under a finite limit, locking future memory makes the creation of threads fail at some later
/// and worse time. So the limit is raised first; if it stays finite, nothing is locked and the
/// answer says so: [`crate::secret::Arena`] still locks what matters most.
///
/// # Errors
/// [`Error::Kernel`] when the kernel refuses although the limit allows it.
pub fn lock_memory() -> Result<MemoryLock, Error> {
    // Raising the hard limit needs CAP_SYS_RESOURCE: a refusal is an answer, not a failure.
    let _ = setrlimit(Resource::RLIMIT_MEMLOCK, RLIM_INFINITY, RLIM_INFINITY);
    let (soft, hard) =
        getrlimit(Resource::RLIMIT_MEMLOCK).map_err(Error::kernel("read a limit"))?;
    if soft != RLIM_INFINITY && hard == RLIM_INFINITY {
        setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard).map_err(Error::kernel("raise a limit"))?;
    } else if soft != RLIM_INFINITY && !may_exceed_lock_limit() {
        return Ok(MemoryLock::NotLocked { limit_bytes: soft });
    }
    let on_fault = MlockAllFlags::from_bits_retain(nix::libc::MCL_ONFAULT);
    match mlockall(MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE | on_fault) {
        Ok(()) => Ok(MemoryLock::Locked),
        Err(Errno::EPERM | Errno::ENOMEM) => Ok(MemoryLock::NotLocked { limit_bytes: soft }),
        Err(source) => Err(Error::Kernel {
            action: "lock memory",
            source,
        }),
    }
}

/// Tells whether this process holds `CAP_IPC_LOCK`.
fn may_exceed_lock_limit() -> bool {
    fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| has_capability(&status, CAP_IPC_LOCK))
}

fn has_capability(status: &str, bit: u32) -> bool {
    status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> bit & 1 == 1)
}

/// Raises the limit on open files to `wanted`, or as near as the kernel allows, and returns what
/// it is now. A limit that is already higher stays.
///
/// # Errors
/// [`Error::Kernel`] when the limit cannot be read or raised at all.
pub fn raise_file_limit(wanted: u64) -> Result<u64, Error> {
    let (soft, hard) =
        getrlimit(Resource::RLIMIT_NOFILE).map_err(Error::kernel("read the limit on files"))?;
    if soft >= wanted {
        return Ok(soft);
    }
    if hard < wanted && setrlimit(Resource::RLIMIT_NOFILE, wanted, wanted).is_ok() {
        return Ok(wanted);
    }
    let reached = wanted.min(hard);
    setrlimit(Resource::RLIMIT_NOFILE, reached, hard)
        .map_err(Error::kernel("raise the limit on files"))?;
    Ok(reached)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Runs one of this file's tests alone in a process of its own, since it changes the process.
    fn alone(name: &str) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("process::tests::{name}"),
                "--ignored",
                "--nocapture",
            ])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(text.contains("1 passed"), "{text}");
        text
    }

    #[test]
    #[ignore = "changes its process; run by hardening_takes_effect"]
    fn harden_alone() {
        let report = harden().unwrap();
        assert!(report.umask_private && report.core_dumps_off);
        assert!(report.dumpable_off && report.no_new_privileges);
        let status = fs::read_to_string("/proc/thread-self/status").unwrap();
        assert!(status.contains("NoNewPrivs:\t1"), "{status}");
        assert!(status.contains("Umask:\t0077"), "{status}");
        assert_eq!(getrlimit(Resource::RLIMIT_CORE).unwrap(), (0, 0));
    }

    #[test]
    fn hardening_takes_effect() {
        alone("harden_alone");
    }

    #[test]
    #[ignore = "changes its process; run by memory_is_locked_or_the_limit_named"]
    fn lock_alone() {
        match lock_memory().unwrap() {
            MemoryLock::Locked => {
                let status = fs::read_to_string("/proc/self/status").unwrap();
                let locked = status
                    .lines()
                    .find(|line| line.starts_with("VmLck:"))
                    .unwrap();
                assert!(!locked.contains("\t       0 kB"), "{locked}");
            }
            refused @ MemoryLock::NotLocked { limit_bytes } => {
                let text = refused.to_string();
                assert!(text.starts_with(&format!("not locked: limit is {limit_bytes} bytes")));
            }
        }
        let thread = std::thread::Builder::new().spawn(|| 1);
        assert_eq!(
            thread.expect("threads can still be made").join().unwrap(),
            1
        );
    }

    #[test]
    fn memory_is_locked_or_the_limit_named() {
        alone("lock_alone");
    }

    #[test]
    #[ignore = "changes its process; run by file_limit_rises"]
    fn file_limit_alone() {
        setrlimit(Resource::RLIMIT_NOFILE, 64, 128).unwrap();
        assert_eq!(raise_file_limit(32).unwrap(), 64);
        assert_eq!(raise_file_limit(100).unwrap(), 100);
        let reached = raise_file_limit(256).unwrap();
        assert_eq!(getrlimit(Resource::RLIMIT_NOFILE).unwrap().0, reached);
        assert!(reached == 128 || reached == 256, "{reached}");
    }

    #[test]
    fn file_limit_rises() {
        alone("file_limit_alone");
    }

    #[test]
    fn capability_bits_are_read_from_status() {
        let status = "Name:\tx\nCapEff:\t0000000000004000\nCapBnd:\t0000000000000000\n";
        assert!(has_capability(status, CAP_IPC_LOCK));
        assert!(!has_capability(status, 13));
        assert!(!has_capability("CapEff:\tnonsense\n", CAP_IPC_LOCK));
        assert!(!has_capability("", CAP_IPC_LOCK));
    }
}
