//! What the figures were measured on: one line that goes with them.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Prints the processor, its cores and vector extensions, how busy it is, and the date.
pub fn print(threads: usize) {
    println!(
        "{}; {} cores, {} threads used; {}; load {}; {}; {}; {}",
        model(),
        cores().len(),
        threads,
        extensions().join(" "),
        first_word("/proc/loadavg").unwrap_or_else(|| "unknown".into()),
        memory(),
        if cfg!(debug_assertions) { "DEBUG BUILD" } else { "release build" },
        date(),
    );
}

fn model() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    named.map_or_else(|| std::env::consts::ARCH.to_string(), |(_, name)| name.to_string())
}

fn memory() -> String {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = text.lines().find_map(|l| l.strip_prefix("MemTotal:")?.split_whitespace().next());
    let bytes = kilobytes.and_then(|k| k.parse::<u64>().ok());
    bytes.map_or_else(|| "memory unknown".into(), |k| format!("{} GiB", k >> 20))
}

fn first_word(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()?.split_whitespace().next().map(str::to_string)
}

#[cfg(target_arch = "x86_64")]
fn extensions() -> Vec<&'static str> {
    macro_rules! present {
        ($($name:tt)+) => { [$(($name, is_x86_feature_detected!($name))),+] };
    }
    let all = present!("avx" "avx2" "fma" "avx512f" "avx512bw" "avx512dq" "avx512vl");
    all.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn extensions() -> Vec<&'static str> {
    vec!["base"]
}

/// Today in universal time, by the civil calendar (H. Hinnant, *chrono-compatible low-level date
/// algorithms*).
fn date() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (days, minutes) = ((seconds / 86_400) as i64 + 719_468, seconds % 86_400 / 60);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// The cores that this process might use when it started.
pub fn cores() -> &'static [usize] {
    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    CORES.get_or_init(allowed)
}

#[cfg(target_os = "linux")]
fn allowed() -> Vec<usize> {
    // SAFETY: a set of cores is plain bits, for which zeros are a value, and the call fills as many
    // bytes as it is told.
    let set = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set);
        set
    };
    // SAFETY: the index is below the size of the set.
    let allowed = (0..libc::CPU_SETSIZE as usize).filter(|&core| unsafe { libc::CPU_ISSET(core, &set) });
    let cores: Vec<usize> = allowed.collect();
    if cores.is_empty() { vec![0] } else { cores }
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Vec<usize> {
    (0..std::thread::available_parallelism().map_or(1, |n| n.get())).collect()
}

/// Keeps the calling thread on one core, where the system can.
pub fn pin(core: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: as in `cores`; the call only reads the set.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}
