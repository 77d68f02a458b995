//! Code on disk: what one process has compiled the next one finds.
//!
//! A file holds what its code was made from, whole (the text, the options, the compiler's version), beside
//! the code and a checksum of both: it is taken only where all of that is equal. Files are written under
//! another name and moved into their place, so that no reader sees half of one, and processes that write the
//! same file write the same bytes. Code for a GPU is code: it is read from a folder of the user's own alone.
//! Whatever is wrong with a file or the folder, the code is made anew.

use super::Error;
use super::nvrtc::{self, Compiled};
use crate::fork;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

/// Where code is kept between processes.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);
static HITS: AtomicU64 = AtomicU64::new(0);
static COMPILES: AtomicU64 = AtomicU64::new(0);

/// Says where code is kept between processes: in a folder of the user's own, which is made if it is not there;
/// nowhere until this is called.
pub fn set_folder(folder: Option<PathBuf>) {
    *fork::lock(&FOLDER) = folder;
}

/// How many kernels were found on disk, and how many were compiled, by this process.
pub fn statistics() -> (u64, u64) {
    (HITS.load(Relaxed), COMPILES.load(Relaxed))
}

/// The code of a text, from disk or else by `make`, which is then kept.
///
/// # Errors
/// Those of `make`, and that there is no compiler.
pub(super) fn find_or_make(
    text: &str,
    architecture: &str,
    make: impl FnOnce() -> Result<Compiled, Error>,
) -> Result<Vec<u8>, Error> {
    let folder = folder();
    let folder = folder.as_deref().filter(|folder| is_private(folder));
    let (major, minor) = nvrtc::version()?;
    let key = format!("{FORMAT}\nNVRTC {major}.{minor}\n{:?} {architecture}\n{text}", nvrtc::OPTIONS);
    let path = folder.map(|folder| folder.join(name(&key)));
    if let Some(image) = path.as_deref().and_then(|path| read(path, &key)) {
        HITS.fetch_add(1, Relaxed);
        return Ok(image);
    }
    COMPILES.fetch_add(1, Relaxed);
    let image = make()?.image;
    if let (Some(folder), Some(path)) = (folder, &path) {
        // A disk that is full or read-only costs the next process a compilation, and nobody a result.
        if write(folder, path, &key, &image).is_ok() {
            let _ = shrink(folder, MOST_BYTES);
        }
    }
    Ok(image)
}

/// Changes whenever the layout of files does.
const FORMAT: &str = "numfuse kernel 1";

/// Bytes of code that are kept, of those that were used last.
const MOST_BYTES: u64 = 512 << 20;

/// The end of the names of files.
const ENDING: &str = "cubin";

/// The folder, made if it is not there.
fn folder() -> Option<PathBuf> {
    let folder = fork::lock(&FOLDER).clone()?;
    create(&folder).ok()?;
    Some(folder)
}

#[cfg(unix)]
fn create(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Whether a folder is the user's, and nobody else may write into it or read from it.
#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // SAFETY: it asks for a number.
    let user = unsafe { libc::geteuid() };
    fs::symlink_metadata(folder).is_ok_and(|m| m.is_dir() && m.uid() == user && m.mode() & 0o077 == 0)
}

/// Folders for caches are the user's there.
#[cfg(not(unix))]
fn is_private(folder: &Path) -> bool {
    folder.is_dir()
}

/// The file of a key. Two keys may share it: the last one written stays.
fn name(key: &str) -> String {
    format!("{:016x}.{ENDING}", checksum(&[key.as_bytes()]))
}

fn checksum(parts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.iter().for_each(|part| hasher.write(part));
    hasher.finish()
}

/// The code in a file, if it is whole and was made from that key. A file that was used is a young one.
fn read(path: &Path, key: &str) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let (head, rest) = bytes.split_first_chunk::<16>()?;
    let (sum, length) = head.split_at(8);
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let (found, image) = rest.split_at_checked(length)?;
    let is_whole = u64::from_le_bytes(sum.try_into().ok()?) == checksum(&[found, image]);
    if !is_whole || found != key.as_bytes() {
        return None;
    }
    let _ = file.set_modified(SystemTime::now());
    Some(image.to_vec())
}

/// Puts code into its place, whole or not at all.
fn write(folder: &Path, path: &Path, key: &str, image: &[u8]) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Relaxed);
    let draft = folder.join(format!("{}-{number}.draft", std::process::id()));
    let key = key.as_bytes();
    let fill = || -> io::Result<()> {
        let mut file = File::create(&draft)?;
        file.write_all(&checksum(&[key, image]).to_le_bytes())?;
        file.write_all(&(key.len() as u64).to_le_bytes())?;
        file.write_all(key)?;
        file.write_all(image)?;
        drop(file);
        fs::rename(&draft, path)
    };
    fill().inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}

/// Removes what was used longest ago until there are at most so many bytes; and drafts of processes that
/// were ended, a day later.
fn shrink(folder: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else { continue };
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some(ENDING) => files.push((modified, metadata.len(), path)),
            Some("draft") if modified.elapsed().is_ok_and(|age| age.as_secs() > 86_400) => {
                let _ = fs::remove_file(path);
            }
            _ => {}
        }
    }
    files.sort();
    let mut bytes: u64 = files.iter().map(|file| file.1).sum();
    for (_, length, path) in files {
        if bytes <= most {
            break;
        }
        fs::remove_file(path)?;
        bytes -= length;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of a test's own.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let folder = std::env::temp_dir().join(format!("numfuse-disk-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            create(&folder).unwrap();
            Scratch(folder)
        }

        fn path(&self, key: &str) -> PathBuf {
            self.0.join(name(key))
        }

        fn write(&self, key: &str, image: &[u8]) {
            write(&self.0, &self.path(key), key, image).unwrap();
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_written_is_found() {
        let scratch = Scratch::new("found");
        assert_eq!(read(&scratch.path("a"), "a"), None);
        scratch.write("a", b"code");
        assert_eq!(read(&scratch.path("a"), "a").as_deref(), Some(&b"code"[..]));
        assert_eq!(read(&scratch.path("a"), "b"), None, "made from another text");
        let drafts = fs::read_dir(&scratch.0).unwrap().flatten();
        assert_eq!(drafts.count(), 1, "no draft is left");
    }

    #[test]
    fn a_damaged_file_is_a_miss() {
        let scratch = Scratch::new("damaged");
        scratch.write("a", &[7; 1000]);
        let (path, whole) = (scratch.path("a"), fs::read(scratch.path("a")).unwrap());
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path, "a"), None, "byte {place} was changed");
        }
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read(&path, "a"), None, "cut to {length} bytes");
        }
    }

    #[test]
    fn writers_race_and_readers_see_whole_files() {
        let scratch = Scratch::new("race");
        let image = vec![9u8; 1 << 16];
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| scratch.write("a", &image)));
            }
            for _ in 0..200 {
                assert!(read(&scratch.path("a"), "a").is_none_or(|found| found == image));
            }
        });
        assert_eq!(read(&scratch.path("a"), "a"), Some(image));
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let scratch = Scratch::new("oldest");
        for (age, key) in [(30, "a"), (20, "b"), (10, "c")] {
            scratch.write(key, &[0; 1000]);
            let then = SystemTime::now() - std::time::Duration::from_secs(age);
            File::open(scratch.path(key)).unwrap().set_modified(then).unwrap();
        }
        assert!(read(&scratch.path("a"), "a").is_some(), "it is young again");
        shrink(&scratch.0, 2500).unwrap();
        let there = ["a", "b", "c"].map(|key| scratch.path(key).exists());
        assert_eq!(there, [true, false, true]);
    }

    #[cfg(unix)]
    #[test]
    fn only_a_private_folder_is_read_from() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new("private");
        assert!(is_private(&scratch.0));
        for mode in [0o755, 0o770, 0o701] {
            fs::set_permissions(&scratch.0, fs::Permissions::from_mode(mode)).unwrap();
            assert!(!is_private(&scratch.0), "{mode:o}");
        }
        fs::set_permissions(&scratch.0, fs::Permissions::from_mode(0o700)).unwrap();
        let link = scratch.0.with_extension("link");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&scratch.0, &link).unwrap();
        assert!(!is_private(&link), "a link may come to lead elsewhere");
        fs::remove_file(&link).unwrap();
        assert!(!is_private(Path::new("/")), "another user's");
    }
}
