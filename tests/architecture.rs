//! The architecture, as a test: who may depend on whom, and what each crate may name.
//!
//! `python → numfuse → runtime → codegen → ir`, and nothing points back. Each crate is small enough to be
//! held in the head because of what it does *not* know: `ir` no machine, `codegen` no memory, `runtime` no
//! arithmetic. Manifests and sources are read as plain text, with comments, literals and unit tests blanked
//! out, so that a broken rule is reported as a file, a line and a reason. What does not exist breaks no rule.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate of the workspace: its package name, and its folder from the root.
struct Layer {
    package: &'static str,
    folder: &'static str,
}

/// Lowest first: a crate may depend on those before it and on none after.
const LAYERS: [Layer; 5] = [
    Layer { package: "numfuse-ir", folder: "ir" },
    Layer { package: "numfuse-codegen", folder: "codegen" },
    Layer { package: "numfuse-runtime", folder: "runtime" },
    Layer { package: "numfuse", folder: "" },
    Layer { package: "numfuse-python", folder: "python" },
];

/// All that `ir` may be built from: a graph, short vectors, and maps with an order.
const IR_MAY_USE: [&str; 4] = ["petgraph", "smallvec", "indexmap", "rustc-hash"];

/// Libraries that exactly one crate may name, so that replacing one is a change in one folder.
const ONE_OWNER: [(&str, &str); 9] = [
    ("cranelift", "codegen"),
    ("regalloc2", "codegen"),
    ("cudarc", "runtime"),
    ("faer", "runtime"),
    ("matrixmultiply", "runtime"),
    ("memmap2", "runtime"),
    ("rustfft", "runtime"),
    ("realfft", "runtime"),
    ("ndarray", ""),
];

/// The files of `codegen` that make bytes executable; the others only describe code.
const CODEGEN_UNSAFE: [&str; 1] = ["codegen/src/cpu/jit.rs"];

#[test]
fn dependencies_point_one_way() {
    let mut broken = Vec::new();
    for (rank, layer) in LAYERS.iter().enumerate() {
        for dependency in manifest(layer) {
            let above = LAYERS[rank..].iter().any(|other| other.package == dependency.name);
            // A crate may ask for itself in its tests: that is how they see its features.
            let itself = dependency.dev && dependency.name == layer.package;
            if above && !itself {
                broken
                    .push(format!("{}: {} depends on {}", dependency.place, layer.package, dependency.name));
            }
        }
    }
    report("Dependencies run python → numfuse → runtime → codegen → ir; nothing points back.", &broken);
}

#[test]
fn ir_is_built_from_little() {
    let ir = &LAYERS[0];
    let strangers = manifest(ir).into_iter().filter(|d| !d.dev && !IR_MAY_USE.contains(&d.name.as_str()));
    let broken: Vec<_> = strangers.map(|d| format!("{}: ir depends on {}", d.place, d.name)).collect();
    report(&format!("ir describes computation and is built from {} alone.", IR_MAY_USE.join(", ")), &broken);
}

#[test]
fn ir_forbids_unsafe() {
    let Ok(source) = fs::read_to_string(root().join("ir/src/lib.rs")) else { return };
    let code = code_only(&source);
    let forbids = code.lines().any(|line| line.trim() == "#![forbid(unsafe_code)]");
    // A lib.rs without a line of code has nothing to forbid.
    let broken = if forbids || code.trim().is_empty() { vec![] } else { vec!["ir/src/lib.rs:1".to_string()] };
    report("ir/src/lib.rs says #![forbid(unsafe_code)]: what is computed needs no pointer.", &broken);
}

#[test]
fn ir_keeps_to_itself() {
    let outside = ["env", "fs", "net", "process", "thread"];
    let broken = offences("ir/src", |_, word| outside.contains(&word.text) && word.before.ends_with("std::"));
    report(
        "ir does no I/O, spawns nothing and reads no environment: the same graph gives the same plan.",
        &broken,
    );
}

#[test]
fn libraries_have_one_owner() {
    let mut broken = Vec::new();
    for (library, owner) in ONE_OWNER {
        for layer in LAYERS.iter().filter(|layer| layer.folder != owner) {
            // Development dependencies are free: a benchmark may race against anyone.
            let listed = manifest(layer).into_iter().filter(|d| !d.dev && is_part_of(&d.name, library, '-'));
            broken.extend(listed.map(|d| format!("{}: only {owner} may depend on {library}", d.place)));
            let named = offences(&sources(layer), |_, word| is_part_of(word.text, library, '_'));
            broken.extend(named.into_iter().map(|place| format!("{place}: only {owner} may name {library}")));
        }
    }
    report("Each back-end library has one owner; the other crates speak to the owner.", &broken);
}

#[test]
fn codegen_keeps_unsafe_in_its_places() {
    let broken =
        offences("codegen/src", |file, word| word.text == "unsafe" && !CODEGEN_UNSAFE.contains(&file));
    report(&format!("In codegen, unsafe lives in {} only.", CODEGEN_UNSAFE.join(", ")), &broken);
}

#[test]
fn settings_are_read_in_one_file() {
    let mut broken = Vec::new();
    for layer in &LAYERS {
        broken.extend(offences(&sources(layer), |file, word| {
            let names_env =
                word.text == "env" && (word.before.ends_with("::") || word.after.starts_with("::"));
            names_env && file != "src/config.rs"
        }));
    }
    report("std::env is read in src/config.rs alone, which lists every setting; pass values down.", &broken);
}

#[test]
fn runtime_names_no_op() {
    let broken = offences("runtime/src", |file, word| {
        let names_op = ["Op", "Prim"].contains(&word.text) && word.after.starts_with("::");
        names_op && !file.starts_with("runtime/src/library/")
    });
    report("runtime moves bytes and launches kernels; outside library/ it names no operation.", &broken);
}

// ── Findings ───────────────────────────────────────────────────────────────────────────────────────────────

/// Fails with the rule and every place that breaks it.
fn report(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "\n\n{rule}\nBroken at:\n  {}\n", broken.join("\n  "));
}

/// A word of code with what stands on either side of it on its line.
struct Word<'a> {
    text: &'a str,
    before: &'a str,
    after: &'a str,
}

/// Every `file:line: text` under `folder` where a word of production code breaks a rule; unit tests
/// and programs in `bin/` are free.
fn offences(folder: &str, breaks: impl Fn(&str, &Word) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    for path in rust_files(&root().join(folder)) {
        let file = from_root(&path);
        if file.contains("/bin/") || file.ends_with("/tests.rs") || file.contains("/tests/") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let code = without_unit_tests(&code_only(&source));
        for (number, (line, original)) in code.lines().zip(source.lines()).enumerate() {
            if words(line).any(|word| breaks(&file, &word)) {
                places.push(format!("{file}:{}: {}", number + 1, original.trim()));
            }
        }
    }
    places
}

/// `library` itself or one of its family: `cranelift`, `cranelift-jit`; not `cranelifter`.
fn is_part_of(name: &str, library: &str, joint: char) -> bool {
    name.strip_prefix(library).is_some_and(|rest| rest.is_empty() || rest.starts_with(joint))
}

// ── Manifests ──────────────────────────────────────────────────────────────────────────────────────────────

/// One line of a manifest that asks for a crate.
struct Dependency {
    name: String,
    dev: bool,
    place: String,
}

/// The dependencies of a crate: none if it does not exist yet.
fn manifest(layer: &Layer) -> Vec<Dependency> {
    let path = root().join(layer.folder).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_default();
    dependencies(&text, &from_root(&path))
}

/// Reads `[dependencies]`, `[dependencies.name]` and their dev-, build- and target-specific forms. The table
/// `[workspace.dependencies]` is a price list, not a purchase.
fn dependencies(text: &str, file: &str) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let (mut listing, mut naming, mut dev) = (false, false, false);
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let place = format!("{file}:{}", number + 1);
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let ours = !header.starts_with("workspace.");
            let name = header.rsplit_once("dependencies.").map(|(_, name)| unquoted(name));
            listing = ours && header.ends_with("dependencies");
            naming = ours && name.is_some();
            dev = header.contains("dev-dependencies");
            if let Some(name) = name.filter(|_| ours) {
                found.push(Dependency { name, dev, place });
            }
        } else if let Some((key, value)) = line.split_once('=') {
            if listing {
                let name = renamed(value).unwrap_or_else(|| unquoted(key.split('.').next().unwrap_or(key)));
                found.push(Dependency { name, dev, place });
            } else if naming && key.trim() == "package" {
                found.last_mut().expect("a named section has pushed its dependency").name = unquoted(value);
            }
        }
    }
    found
}

/// The real name in `{ package = "name", … }`.
fn renamed(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("package")?;
    let name = rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
    name.split('"').next().map(str::to_string)
}

fn unquoted(text: &str) -> String {
    text.trim().trim_matches(['"', '\'']).to_string()
}

// ── Sources ────────────────────────────────────────────────────────────────────────────────────────────────

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(layer: &Layer) -> String {
    if layer.folder.is_empty() { "src".to_string() } else { format!("{}/src", layer.folder) }
}

/// A path from the root, with `/` on every system.
fn from_root(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Every `.rs` file below a folder, in the order of their names; none if the folder does not exist.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let mut found: Vec<PathBuf> =
        files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    found.extend(folders.iter().flat_map(|folder| rust_files(folder)));
    found
}

/// The source with comments and literals turned to spaces, line for line.
fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = prose_end(&chars, at);
        code.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
        code.extend(chars.get(end).filter(|_| end == at));
        at = end.max(at + 1);
    }
    code
}

/// Where the comment or literal that starts at `at` ends; `at` itself if none starts there.
fn prose_end(chars: &[char], at: usize) -> usize {
    let peek = |ahead: usize| chars.get(at + ahead).copied().unwrap_or('\0');
    match (chars[at], peek(1)) {
        ('/', '/') => position(chars, at, |i| chars[i] == '\n'),
        ('/', '*') => block_comment_end(chars, at),
        ('"', _) => string_end(chars, at + 1),
        ('r', '"' | '#') => raw_string_end(chars, at),
        ('\'', '\\') => position(chars, at + 3, |i| chars[i] == '\'') + 1,
        ('\'', _) if peek(2) == '\'' => at + 3,
        _ => at, // a lifetime's quote, too, is code
    }
    .min(chars.len())
}

fn position(chars: &[char], from: usize, found: impl Fn(usize) -> bool) -> usize {
    (from..chars.len()).find(|&i| found(i)).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string_end(chars: &[char], start: usize) -> usize {
    let open = position(chars, start + 1, |i| chars[i] != '#');
    if chars.get(open) != Some(&'"') {
        return start; // a raw identifier
    }
    let hashes = &chars[start + 1..open];
    position(chars, open + 1, |i| chars[i] == '"' && chars[i + 1..].starts_with(hashes)) + 1 + hashes.len()
}

/// Blanks each item under `#[cfg(test)]`, line for line.
fn without_unit_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(start);
        let (test, after) = item.split_at(item_end(item));
        kept.push_str(before);
        kept.extend(test.chars().filter(|&c| c == '\n'));
        rest = after;
    }
    kept + rest
}

/// An item ends with its braces, or with a semicolon before any.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// The words of a line of code, each with its surroundings.
fn words(line: &str) -> impl Iterator<Item = Word<'_>> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    line.split(move |c| !in_word(c)).filter(|text| !text.is_empty()).map(move |text| {
        let start = text.as_ptr().addr() - line.as_ptr().addr();
        let (before, after) = (line[..start].trim_end(), line[start + text.len()..].trim_start());
        Word { text, before, after }
    })
}

// ── The scanner itself: a rule that cannot fail would protect nothing ──────────────────────────────────────

#[test]
fn manifests_are_understood() {
    let text = r#"
[package]
name = "x"
[workspace.dependencies]
cranelift-jit = "1"
[dependencies]
a.workspace = true # why
"b" = { version = "1", features = [
    "std",
] }
c = { package = "cranelift-codegen", version = "1" }
[dependencies.d]
version = "1"
[target.'cfg(target_arch = "x86_64")'.dependencies.e]
package = "faer"
[target.'cfg(unix)'.dependencies]
libc = "0.2"
[dev-dependencies]
image = "0.25"
[lints]
workspace = true
"#;
    let found = dependencies(text, "Cargo.toml");
    let names: Vec<&str> = found.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "cranelift-codegen", "d", "faer", "libc", "image"]);
    assert_eq!(found.iter().filter(|d| d.dev).count(), 1);
    assert_eq!(found[0].place, "Cargo.toml:7");
}

#[test]
fn prose_is_not_code() {
    let source = [
        "// unsafe",
        "/* unsafe /* unsafe */ unsafe */ let a = \"unsafe \\\" unsafe\";",
        "let b = (r##\"unsafe \"# unsafe\"##, br\"unsafe\", '\"', '\\'', b'x', r#unsafe_name);",
        "fn c<'a>(x: &'a str) { unsafe { x } }",
        "#[cfg(test)]",
        "mod tests { fn d() { unsafe {} } }",
        "fn e() { unsafe {} }",
    ]
    .join("\n");
    let code = without_unit_tests(&code_only(&source));
    let lines = code.lines().enumerate().filter(|(_, line)| words(line).any(|word| word.text == "unsafe"));
    assert_eq!(lines.map(|(number, _)| number + 1).collect::<Vec<_>>(), [4, 7]);
}

#[test]
fn words_know_their_neighbours() {
    let line = "let x = std::env::var(env); Op :: Add;";
    let seen: Vec<_> =
        words(line).map(|w| (w.text, w.before.ends_with("::"), w.after.starts_with("::"))).collect();
    assert!(seen.contains(&("env", true, true)) && seen.contains(&("env", false, false)));
    assert!(seen.contains(&("Op", false, true)) && seen.contains(&("Add", true, false)));
    assert!(is_part_of("cranelift-jit", "cranelift", '-') && is_part_of("faer", "faer", '_'));
    assert!(!is_part_of("cranelifter", "cranelift", '_'));
}
