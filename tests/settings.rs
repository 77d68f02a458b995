//! Settings: each variable and each setting in code does what it says, and changes no value.

mod alone;

use alone::{alone, child, is_child};
use numfuse::config::{self, Config, Vectors};
use numfuse::prelude::*;

/// Three operations and a sum, of numbers that rounding shows in.
fn expression() -> Array {
    let x = arange(3000).cast(F32) * 0.37 - 500.0;
    (x.absolute() + 0.1).sqrt().sum(..)
}

fn value() -> f32 {
    expression().item().unwrap_or_else(|error| panic!("{error}"))
}

fn evaluate() {
    assert!(value().is_finite());
}

/// What the test `name`, which is the one that calls this, writes to its standard error in a process
/// with these variables. In that process it runs `body`.
fn says(name: &str, variables: &[(&str, &str)], body: impl FnOnce()) -> String {
    if is_child(name) {
        body();
        return String::new();
    }
    let output = child(name, variables);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{variables:?}: {}\n{text}", output.status);
    text
}

#[test]
fn nothing_is_printed_unless_it_is_asked_for() {
    let text = says("nothing_is_printed_unless_it_is_asked_for", &[], evaluate);
    assert_eq!(text, "");
}

#[test]
fn variables_are_the_settings_of_the_process() {
    let variables = [("NUMFUSE_THREADS", "3"), ("NUMFUSE_FUSE", "0"), ("NUMFUSE_CHECK", "1")];
    says("variables_are_the_settings_of_the_process", &variables, || {
        let config = config::current();
        assert_eq!((config.threads, config.fuse, config.check), (Some(3), false, true));
        assert!(expression().plan().unwrap().kernels > 3);
        let unfused = value();
        let plain = config::with(|config| *config = Config::default(), value);
        assert_eq!(unfused, plain);
    });
}

#[test]
fn variables_that_make_no_sense_count_as_unset() {
    let variables = [("NUMFUSE_THREADS", "0"), ("NUMFUSE_FUSE", "maybe"), ("NUMFUSE_LOG", "everything")];
    let text = says("variables_that_make_no_sense_count_as_unset", &variables, || {
        // Where code is kept and libraries are looked for depends on variables that are not ours.
        let (cache, cuda) = (config::current().cache.clone(), config::current().cuda.clone());
        let mut usual = Config::default();
        (usual.cache, usual.cuda) = (cache, cuda);
        assert_eq!(*config::current(), usual);
        value();
    });
    assert_eq!(text, "");
}

#[test]
fn each_word_of_the_log_prints_its_part() {
    const NAME: &str = "each_word_of_the_log_prints_its_part";
    let parts = [
        ("plan", "array operations became"),
        ("kernel", "carry sum"),
        ("clif", "function"),
        ("asm", "ret"),
        ("time", "GB/s"),
    ];
    for (word, part) in parts {
        let text = says(NAME, &[("NUMFUSE_LOG", word)], evaluate);
        assert!(is_child(NAME) || text.contains(part), "{word} prints no {part:?}:\n{text}");
    }
    let text = says(NAME, &[("NUMFUSE_LOG", "time, plan")], evaluate);
    assert!(is_child(NAME) || text.contains("GB/s") && text.contains("became"), "{text}");
}

#[test]
fn profiling_keeps_the_time_of_each_kernel() {
    let explained = |profile: bool| {
        let y = expression() / expression().sqrt();
        let before = y.explain();
        config::with(|config| config.profile = profile, || y.eval()).unwrap();
        (before, y.explain(), y.plan().unwrap().kernels)
    };
    let (before, after, _) = explained(false);
    assert_eq!(before, after, "no times are taken unless they are asked for");
    let (before, after, kernels) = explained(true);
    let (times, rest): (Vec<&str>, Vec<&str>) =
        after.lines().partition(|line| line.starts_with("  took ") && line.contains(" operations/s, "));
    assert_eq!(times.len(), kernels, "{after}");
    assert_eq!(rest, before.lines().collect::<Vec<_>>());
    assert!(times.iter().all(|line| line.contains("GB/s, ") && line.contains("memory gives")), "{after}");
}

#[test]
fn profiling_is_a_variable_too() {
    says("profiling_is_a_variable_too", &[("NUMFUSE_PROFILE", "1")], || {
        let y = expression();
        y.eval().unwrap();
        assert!(y.explain().contains("  took "), "{}", y.explain());
    });
}

#[test]
fn plans_are_written_where_they_are_wanted() {
    const NAME: &str = "plans_are_written_where_they_are_wanted";
    let folder = std::env::temp_dir().join(format!("numfuse-plans-{}", std::process::id()));
    let inside = folder.join("new");
    let path = inside.to_str().expect("the folder has a name in UTF-8");
    says(NAME, &[("NUMFUSE_DUMP", path)], evaluate);
    if is_child(NAME) {
        return;
    }
    let files: Vec<_> = std::fs::read_dir(&inside).expect("the folder is made").flatten().collect();
    assert_eq!(files.len(), 1, "one plan");
    let text = std::fs::read_to_string(files[0].path()).expect("a plan is text");
    assert!(text.contains("sqrt") && text.contains("array operations became"), "{text}");
    std::fs::remove_dir_all(&folder).expect("what was made can be removed");
}

#[test]
fn a_folder_that_cannot_be_written_stops_no_evaluation() {
    let text = says(
        "a_folder_that_cannot_be_written_stops_no_evaluation",
        &[("NUMFUSE_DUMP", "/dev/null/no")],
        || {
            assert!(value().is_finite());
        },
    );
    assert!(text.is_empty() == is_child("a_folder_that_cannot_be_written_stops_no_evaluation"), "{text}");
}

/// The lines that `perf` would find for this process: start, bytes and name of each function.
#[cfg(target_os = "linux")]
fn named_code() -> Vec<(usize, usize, String)> {
    let text = std::fs::read_to_string(format!("/tmp/perf-{}.map", std::process::id())).unwrap_or_default();
    let number = |word: &str| usize::from_str_radix(word, 16).expect("a hexadecimal number");
    let line = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().expect("a line has a start, a size and a name");
        (number(next()), number(next()), next().to_string())
    };
    text.lines().map(line).collect()
}

/// The ranges of addresses that may be executed.
#[cfg(target_os = "linux")]
fn executable() -> Vec<std::ops::Range<usize>> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("a process knows its memory");
    let range = |line: &str| {
        let (addresses, rest) = line.split_once(' ')?;
        let (start, end) = addresses.split_once('-')?;
        let number = |word| usize::from_str_radix(word, 16).ok();
        rest.starts_with("r-x").then_some(number(start)?..number(end)?)
    };
    maps.lines().filter_map(range).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn kernels_have_names_for_perf() {
    says("kernels_have_names_for_perf", &[("NUMFUSE_PERF", "1")], || {
        config::with(|config| config.perf = false, || arange(10).sqrt().eval()).unwrap();
        assert_eq!(named_code(), [], "nobody has asked for names yet");
        value();
        (Array::from(vec![1.0f32; 1 << 20]) * 2.5).sum(..).eval().unwrap();
        let (lines, executable) = (named_code(), executable());
        let names: Vec<&str> = lines.iter().map(|(_, _, name)| name.as_str()).collect();
        assert!(names[0].starts_with("numfuse kernel 2: ") && names[0].contains("sqrt+sum"), "{names:?}");
        // A long sum has an entry that joins its parts.
        assert!(names[1].starts_with("numfuse kernel 3: mul+sum split"), "{names:?}");
        assert_eq!(names[2], format!("{} finish", names[1]));
        for (start, bytes, name) in &lines {
            let inside = executable.iter().any(|range| range.start <= *start && start + bytes <= range.end);
            assert!(inside && *bytes > 16, "{name} lies at {start:x}");
        }
        std::fs::remove_file(format!("/tmp/perf-{}.map", std::process::id())).unwrap();
    });
}

#[test]
fn the_size_of_vectors_can_be_chosen() {
    const NAME: &str = "the_size_of_vectors_can_be_chosen";
    let asm = |vectors| config::with(|c| c.vectors = vectors, || expression().asm().unwrap());
    let (narrow, wide) = (asm(Some(Vectors::Bits128)), asm(Some(Vectors::Bits512)));
    assert!(!narrow.contains("zmm") && wide.contains("zmm"), "{narrow}{wide}");
    assert!([narrow, wide].contains(&asm(None)));
    for value in ["128", "512", "auto"] {
        says(NAME, &[("NUMFUSE_VECTORS", value)], || {
            let wanted = match std::env::var("NUMFUSE_VECTORS").as_deref() {
                Ok("128") => Some(Vectors::Bits128),
                Ok("512") => Some(Vectors::Bits512),
                _ => None,
            };
            assert_eq!(config::current().vectors, wanted);
            evaluate();
        });
    }
}

#[test]
fn settings_in_code_hold_for_the_process_or_for_a_call() {
    alone("settings_in_code_hold_for_the_process_or_for_a_call", || {
        let kernels = || expression().plan().unwrap().kernels;
        let fused = kernels();
        numfuse::set_fusion(false);
        assert!(kernels() > fused);
        assert!(std::thread::spawn(|| !config::current().fuse).join().unwrap(), "other threads too");
        config::with(|config| config.fuse = true, || assert_eq!(kernels(), fused));
        let in_call = || config::with(|config| config.fuse = true, || panic!("for a test"));
        assert!(std::panic::catch_unwind(in_call).is_err());
        assert!(kernels() > fused, "a panic ends the call's settings as well");
        config::set(|config| *config = Config::default());
        assert_eq!(kernels(), fused);
    });
}

#[test]
fn a_change_of_settings_may_ask_for_them_and_evaluate() {
    alone("a_change_of_settings_may_ask_for_them_and_evaluate", || {
        std::thread::spawn(|| {
            config::set(|c| {
                c.fuse = !config::current().fuse && (arange(3) * 7).sum(..).item::<i64>().is_ok()
            });
        })
        .join()
        .expect("nothing is locked");
        assert!(!config::current().fuse);
    });
}

#[test]
fn no_setting_changes_a_bit() {
    let plain = value();
    type Change = fn(&mut Config);
    let changes: [(&str, Change); 8] = [
        ("threads", |config| config.threads = Some(7)),
        ("one thread", |config| config.threads = Some(1)),
        ("vectors of 128 bits", |config| config.vectors = Some(Vectors::Bits128)),
        ("vectors of 512 bits", |config| config.vectors = Some(Vectors::Bits512)),
        ("unfused", |config| config.fuse = false),
        ("checked", |config| config.check = true),
        ("interpreted", |config| config.interp = true),
        ("checked, unfused", |config| (config.check, config.fuse) = (true, false)),
    ];
    for (what, change) in changes {
        assert_eq!(config::with(change, value).to_bits(), plain.to_bits(), "{what}");
    }
}
