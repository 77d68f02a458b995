//! Files in the address space: bytes that the system reads when somebody looks at them.
//!
//! The crate `memmap2` maps; what it cannot promise is said here. A mapping is a view of the file, not a copy: who
//! changes the file changes the bytes under whoever reads them, and who cuts it takes them away.

use crate::buffer::Buffer;
use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A file that is mapped to be read.
#[derive(Debug)]
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a file, of which nothing is read yet.
    ///
    /// # Safety
    /// For as long as the mapping or a buffer [lent](Mapped::lend) of it is there, nobody, in this process or
    /// another, writes to the file or makes it shorter. Bytes that change under a reference are undefined
    /// behaviour, as those of any slice are; to read what was cut off ends the process with a signal (SIGBUS). A
    /// file that is replaced as a whole, by a rename or after it was removed, stays as it was for its mapping.
    ///
    /// # Errors
    /// The file cannot be opened or mapped.
    pub unsafe fn new(path: &Path) -> io::Result<Mapped> {
        let file = File::open(path)?;
        // SAFETY: the file stays as it is by our caller's promise. It may be closed: the mapping keeps it.
        unsafe { Mmap::map(&file) }.map(Mapped)
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Some of the bytes, where they lie: a buffer that keeps the mapping.
    ///
    /// # Panics
    /// If the file has no such bytes.
    pub fn lend(self, range: Range<usize>) -> Buffer {
        let owner = Arc::new(self);
        let bytes = &owner.bytes()[range];
        let (start, length) = (bytes.as_ptr(), bytes.len());
        // SAFETY: mapped bytes are initialised and stay where they are until the mapping is dropped, which the
        // buffer keeps; nobody writes to them by the promise that was made to `new`.
        unsafe { Buffer::from_owner(start, length, owner) }
    }
}
