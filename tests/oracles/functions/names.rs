//! NumPy's names of what an expression in Python is about. `benches/beside_numpy` reads its calls in the same
//! way.

/// The names that a comment of the expression gives, or the one that it is about.
pub fn names(python: &str) -> Vec<String> {
    match python.split_once(" # ") {
        Some((_, names)) => names.split(' ').map(str::to_string).collect(),
        None => name(python).into_iter().collect(),
    }
}

/// NumPy's name of what an expression is about: the first function of NumPy that it calls, else what
/// it does with `x`.
fn name(python: &str) -> Option<String> {
    called(python).or_else(|| method(python)).or_else(|| operator(python))
}

/// `roll` of `np.roll(x, 2)`.
fn called(python: &str) -> Option<String> {
    python.split("np.").skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')?;
        rest[end..].starts_with('(').then(|| rest[..end].to_string())
    })
}

/// `ndarray.astype` of `x.astype(d)`, and Python's functions that ask a method.
fn method(python: &str) -> Option<String> {
    let asked = [("x[", "__getitem__"), ("len(", "__len__"), ("abs(", "__abs__"), ("list(x)", "__iter__")];
    if let Some((_, method)) = asked.iter().find(|(begins, _)| python.starts_with(begins)) {
        return Some(format!("ndarray.{method}"));
    }
    let rest = python.strip_prefix("x.")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(format!("ndarray.{}", &rest[..end]))
}

/// `ndarray.__rsub__` of `1 - x`.
fn operator(python: &str) -> Option<String> {
    const BINARY: [(&str, &str); 16] = [
        ("+", "add"),
        ("-", "sub"),
        ("*", "mul"),
        ("/", "truediv"),
        ("//", "floordiv"),
        ("%", "mod"),
        ("&", "and"),
        ("|", "or"),
        ("^", "xor"),
        ("<<", "lshift"),
        (">>", "rshift"),
        ("<", "lt"),
        (">", "gt"),
        (">=", "ge"),
        ("==", "eq"),
        ("!=", "ne"),
    ];
    match python {
        "-x" => return Some("ndarray.__neg__".to_string()),
        "~x" => return Some("ndarray.__invert__".to_string()),
        _ => {}
    }
    let (left, symbol, right) = match python.split(' ').collect::<Vec<_>>()[..] {
        [left, symbol, right] => (left, symbol, right),
        _ => return None,
    };
    let (_, word) = BINARY.iter().find(|(known, _)| *known == symbol)?;
    match (left, right) {
        ("x", _) => Some(format!("ndarray.__{word}__")),
        (_, "x") => Some(format!("ndarray.__r{word}__")),
        _ => None,
    }
}
