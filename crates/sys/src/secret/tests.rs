//! What an arena promises, on each kind of memory.

use std::fs::File;
use std::os::unix::fs::FileExt;

use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

use super::*;

/// Gives an arena of each kind that this kernel can make, and says which it cannot.
fn arenas() -> Vec<Arena> {
    let mut arenas = vec![Arena::over(Region::map_anonymous(1000).unwrap())];
    match Region::map_secret(1000) {
        Ok(region) => arenas.push(Arena::over(region)),
        Err(why) => println!("SKIPPED for memfd_secret: {why}"),
    }
    arenas
}

fn address(secret: &SecretBox<32>) -> u64 {
    u64::try_from(secret.expose().as_ptr().addr()).unwrap()
}

#[test]
fn secrets_keep_apart_and_keep_their_bytes() {
    for arena in arenas() {
        let boxes: Vec<SecretBox<100>> = (0..10)
            .map(|n| arena.place(|bytes: &mut [u8; 100]| bytes.fill(n)).unwrap())
            .collect();
        for (n, secret) in (0..10).zip(&boxes) {
            assert_eq!(secret.expose(), &[n; 100], "{}", arena.backing());
        }
    }
}

#[test]
fn dropped_secret_is_wiped_and_its_room_used_again() {
    for arena in arenas() {
        let first = arena.place::<32>(|bytes| bytes.fill(0xA5)).unwrap();
        let place = address(&first);
        drop(first);
        let second = arena
            .place::<32>(|bytes| assert_eq!(bytes, &[0; 32], "wiped"))
            .unwrap();
        assert_eq!(address(&second), place);
    }
}

#[test]
fn full_arena_says_so_until_a_secret_is_dropped() {
    let arena = Arena::over(Region::map_anonymous(64 * 1024).unwrap());
    let mut boxes: Vec<_> = (0..1024)
        .map(|_| arena.place::<64>(|_| ()).unwrap())
        .collect();
    let error = arena.place::<1>(|_| ()).unwrap_err();
    assert!(
        matches!(error, Error::ArenaFull { capacity: 65536 }),
        "{error}"
    );
    boxes.pop();
    arena.place::<64>(|_| ()).unwrap();
    assert!(matches!(Arena::open(usize::MAX), Err(Error::Kernel { .. })));
}

#[test]
fn secrets_outlive_the_arena_handle() {
    let arena = Arena::open(1).unwrap();
    let secret = arena.place::<16>(|bytes| bytes.fill(9)).unwrap();
    drop(arena);
    assert_eq!(secret.expose(), &[9; 16]);
    assert_eq!(format!("{secret:?}"), "SecretBox<16>(..)");
}

#[test]
fn kernel_interfaces_cannot_read_a_memfd_secret() {
    let arena = Arena::open(4096).unwrap();
    if arena.backing() != Backing::MemfdSecret {
        println!(
            "SKIPPED: this kernel offers no memfd_secret, the arena is {}",
            arena.backing()
        );
        return;
    }
    let secret = arena.place::<32>(|bytes| bytes.fill(0xA5)).unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut seen = [0; 32];

    let plain = Box::new([0x5A; 32]);
    let plain_address = u64::try_from(plain.as_ptr().addr()).unwrap();
    memory
        .read_exact_at(&mut seen, plain_address)
        .expect("ordinary memory is readable");
    assert_eq!(seen, *plain);

    let refusal = memory
        .read_at(&mut seen, address(&secret))
        .expect_err("secret memory is not");
    assert_eq!(refusal.raw_os_error(), Some(nix::libc::EIO));
    assert_ne!(seen, *secret.expose());
}

#[test]
fn a_child_never_sees_a_secret() {
    for arena in arenas() {
        let secret = arena.place::<32>(|bytes| bytes.fill(0xA5)).unwrap();
        // SAFETY: the child reads one byte and leaves through `_exit`; a fault only ends it.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                let leaked = secret.expose().contains(&0xA5);
                // SAFETY: `_exit` ends the child at once and runs no code of this process.
                unsafe { nix::libc::_exit(i32::from(leaked)) }
            }
            ForkResult::Parent { child } => {
                let expected = match arena.backing() {
                    Backing::MemfdSecret => WaitStatus::Signaled(child, Signal::SIGSEGV, false),
                    _ => WaitStatus::Exited(child, 0),
                };
                let status = match waitpid(child, None).unwrap() {
                    WaitStatus::Signaled(pid, signal, _) => {
                        WaitStatus::Signaled(pid, signal, false)
                    }
                    other => other,
                };
                assert_eq!(status, expected);
            }
        }
        assert_eq!(secret.expose(), &[0xA5; 32], "and the parent keeps its own");
    }
}
