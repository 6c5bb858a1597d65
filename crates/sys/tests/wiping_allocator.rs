//! A secret that a program has dropped is nowhere in its heap: read from outside the language,
//! through the kernel, with the allocator installed as a program installs it.

use std::fs::File;
use std::os::unix::fs::FileExt;

use sys::alloc::WipingAllocator;

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator::new();

/// What the secret consists of. The heap writes its own addresses and random keys into freed
/// blocks, and they may hold this byte by chance, but not several of it in a row.
const MARK: [u8; 6] = [0xC7; 6];

/// Tells whether the kernel sees a piece of the secret at an address. It allocates nothing, or it
/// might get, and clear, the very block that it is to look at.
fn is_there(memory: &File, seen: &mut [u8], address: usize) -> bool {
    let address = u64::try_from(address).expect("an address has 64 bits");
    match memory.read_exact_at(seen, address) {
        Ok(()) => seen.windows(MARK.len()).any(|window| window == MARK),
        // A large block goes back to the kernel at once.
        Err(_) => false,
    }
}

#[test]
fn dropped_and_moved_secrets_leave_no_residue() {
    let memory = File::open("/proc/self/mem").expect("this process may read itself");
    for length in [48, 1000, 60_000, 1 << 20] {
        let mut seen = vec![0; length];
        let mut secret = Vec::with_capacity(length);
        secret.resize(length, MARK[0]);
        let old = secret.as_ptr().addr();
        assert!(
            is_there(&memory, &mut seen, old),
            "the test sees what is there"
        );

        secret.reserve_exact(length * 4);
        let new = secret.as_ptr().addr();
        assert_ne!(new, old, "growing moves");
        assert!(
            !is_there(&memory, &mut seen, old),
            "moved from, {length} bytes"
        );
        assert!(is_there(&memory, &mut seen, new), "and moved here");
        drop(secret);
        assert!(
            !is_there(&memory, &mut seen, new),
            "dropped, {length} bytes"
        );
    }
}
