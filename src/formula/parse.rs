//! From text to a program, by operator precedence.
//!
//! The parser is total: any text gives a program or a sentence with the place that it is about. It calls
//! itself for what stands in parentheses and for operands on the right, at most [`DEEPEST`] deep.

use super::program::{Program, Step};
use crate::element::Number;
use numfuse_ir::dtype::DType;
use numfuse_ir::ops::Op;
use smallvec::SmallVec;
use std::ops::Range;

/// How deep expressions may be nested.
const DEEPEST: usize = 200;

/// The program that a text says; with `parameters` the names are those, else what appears.
pub(super) fn parse(text: &str, parameters: Option<&[&str]>) -> Result<Program, String> {
    let mut parser = Parser { text, at: 0, steps: Vec::new(), names: Vec::new(), fixed: false, depth: 0 };
    if let Some(names) = parameters {
        parser.names = names.iter().map(|name| name.to_string()).collect();
        parser.fixed = true;
    }
    let parsed = parser.whole();
    match parsed {
        Ok(()) => Ok(Program::new(parser.steps, parser.names, text)),
        Err(wrong) => Err(wrong.shown(text)),
    }
}

/// What is wrong, and where.
struct Wrong {
    sentence: String,
    place: Range<usize>,
}

impl Wrong {
    /// The sentence, and the line with the place marked below it.
    fn shown(&self, text: &str) -> String {
        /// How many characters are shown on either side.
        const AROUND: usize = 40;
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        let number = |byte: usize| characters.partition_point(|(at, _)| *at < byte);
        let (start, end) = (number(self.place.start), number(self.place.end));
        let first = start.saturating_sub(AROUND);
        let last = (end + AROUND).min(start + 2 * AROUND).min(characters.len()).max(start);
        let shown = characters[first..last].iter().map(|(_, c)| if c.is_control() { ' ' } else { *c });
        let (before, after) =
            (if first > 0 { "…" } else { "" }, if last < characters.len() { "…" } else { "" });
        let line: String = shown.collect();
        let indent = " ".repeat(before.chars().count() + start - first);
        let marks = "^".repeat(end.min(last).saturating_sub(start).max(1));
        format!("{}\n    {before}{line}{after}\n    {indent}{marks}", self.sentence)
    }
}

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Number(Number),
    Name(&'a str),
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 24] = [
    "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "&", "|", "^", "~",
    "(", ")", ",", "=", "!",
];

/// An operator between two operands: how strongly it binds what is left and right of it, and its op.
fn infix(token: &Token) -> Option<(u8, u8, Op)> {
    let word = match token {
        Token::Symbol(word) => *word,
        Token::Name(word) => *word,
        Token::Number(_) | Token::End => return None,
    };
    Some(match word {
        "or" => (1, 2, Op::LogicalOr),
        "and" => (3, 4, Op::LogicalAnd),
        "<" => (COMPARED, 8, Op::Less),
        "<=" => (COMPARED, 8, Op::LessEqual),
        ">" => (COMPARED, 8, Op::Greater),
        ">=" => (COMPARED, 8, Op::GreaterEqual),
        "==" => (COMPARED, 8, Op::Equal),
        "!=" => (COMPARED, 8, Op::NotEqual),
        "|" => (9, 10, Op::BitwiseOr),
        "^" => (11, 12, Op::BitwiseXor),
        "&" => (13, 14, Op::BitwiseAnd),
        "<<" => (15, 16, Op::LeftShift),
        ">>" => (15, 16, Op::RightShift),
        "+" => (17, 18, Op::Add),
        "-" => (17, 18, Op::Subtract),
        "*" => (19, 20, Op::Multiply),
        "/" => (19, 20, Op::Divide),
        "//" => (19, 20, Op::FloorDivide),
        "%" => (19, 20, Op::Remainder),
        // From the right, and before the sign in front: -x**2 is -(x**2).
        "**" => (24, SIGNED, Op::Power),
        _ => return None,
    })
}

/// How comparisons bind, and what stands behind `not` and behind a sign.
const COMPARED: u8 = 7;
const NEGATED: u8 = 5;
const SIGNED: u8 = 21;

/// Functions by shorter or other names.
const ALIASES: [(&str, Op); 16] = [
    ("abs", Op::Absolute),
    ("min", Op::Minimum),
    ("max", Op::Maximum),
    ("pow", Op::Power),
    ("mod", Op::Remainder),
    ("fix", Op::Trunc),
    ("sigmoid", Op::Expit),
    ("true_divide", Op::Divide),
    ("acos", Op::Arccos),
    ("acosh", Op::Arccosh),
    ("asin", Op::Arcsin),
    ("asinh", Op::Arcsinh),
    ("atan", Op::Arctan),
    ("atan2", Op::Arctan2),
    ("atanh", Op::Arctanh),
    ("bitwise_not", Op::Invert),
];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    steps: Vec<Step>,
    names: Vec<String>,
    /// Whether there are no other names.
    fixed: bool,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Result<(), Wrong> {
        self.expression(0)?;
        match self.token()? {
            (Token::End, _) => Ok(()),
            (Token::Symbol(")"), place) => Err(wrong("there is no `(` for this", place)),
            (Token::Symbol("="), place) => Err(wrong("`=` gives nothing a name here: `==` compares", place)),
            (Token::Number(_) | Token::Name(_) | Token::Symbol(_), place) => {
                Err(wrong("an operator is missing before this", place))
            }
        }
    }

    /// An expression of operators that bind at least so strongly: the number of its step.
    fn expression(&mut self, least: u8) -> Result<usize, Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let sentence = format!("the expression is nested more than {DEEPEST} deep here");
            return Err(wrong(sentence, self.at..self.at + 1));
        }
        let mut left = self.operand()?;
        let mut compared = false;
        loop {
            let before = self.at;
            let (token, place) = self.token()?;
            let Some((binds, right, op)) = infix(&token).filter(|(binds, ..)| *binds >= least) else {
                self.at = before;
                self.depth -= 1;
                return Ok(left);
            };
            if binds == COMPARED && std::mem::replace(&mut compared, true) {
                return Err(wrong("comparisons do not chain: write `a < b and b < c`", place));
            }
            compared = binds == COMPARED;
            let right = self.expression(right)?;
            left = self.step(Step::Apply(op, SmallVec::from_slice(&[left, right])));
        }
    }

    /// What may stand between operators.
    fn operand(&mut self) -> Result<usize, Wrong> {
        let (token, place) = self.token()?;
        let (op, binds) = match token {
            Token::Number(number) => return Ok(self.step(Step::Number(number))),
            Token::Symbol("(") => return self.parenthesis(place),
            Token::Symbol("-") => (Some(Op::Negative), SIGNED),
            Token::Symbol("+") => (None, SIGNED),
            Token::Symbol("~") => (Some(Op::Invert), SIGNED),
            Token::Name("not") => (Some(Op::LogicalNot), NEGATED),
            Token::Symbol("!") => return Err(wrong("`not` says what `!` says elsewhere", place)),
            Token::Name(name) if infix(&Token::Name(name)).is_none() => return self.name(name, place),
            Token::End => return Err(wrong("the expression ends where a value is due", place)),
            Token::Symbol(_) | Token::Name(_) => return Err(wrong("a value is due before this", place)),
        };
        let of = self.expression(binds)?;
        Ok(match op {
            Some(op) => self.step(Step::Apply(op, SmallVec::from_slice(&[of]))),
            None => of,
        })
    }

    fn parenthesis(&mut self, opened: Range<usize>) -> Result<usize, Wrong> {
        let inside = self.expression(0)?;
        match self.token()? {
            (Token::Symbol(")"), _) => Ok(inside),
            (Token::End, _) => Err(wrong("this `(` is never closed", opened)),
            (Token::Number(_) | Token::Name(_) | Token::Symbol(_), place) => {
                Err(wrong("an operator or `)` is missing before this", place))
            }
        }
    }

    /// A function's call, a constant or a parameter.
    fn name(&mut self, name: &'a str, place: Range<usize>) -> Result<usize, Wrong> {
        let before = self.at;
        if let (Token::Symbol("("), opened) = self.token()? {
            return self.call(name, place, opened);
        }
        self.at = before;
        let known = self.names.iter().position(|other| other == name);
        let number = match name {
            _ if known.is_some() => None,
            "True" | "true" => Some(Number::Bool(true)),
            "False" | "false" => Some(Number::Bool(false)),
            "pi" => Some(Number::Float(std::f64::consts::PI)),
            "inf" => Some(Number::Float(f64::INFINITY)),
            "nan" => Some(Number::Float(f64::NAN)),
            _ => None,
        };
        if let Some(number) = number {
            return Ok(self.step(Step::Number(number)));
        }
        let number = match known {
            Some(number) => number,
            None if self.fixed => {
                let names = self.names.join(", ");
                return Err(wrong(format!("there is no parameter `{name}`: there are {names}"), place));
            }
            None => {
                self.names.push(name.to_string());
                self.names.len() - 1
            }
        };
        Ok(self.step(Step::Parameter(number)))
    }

    fn call(&mut self, name: &str, place: Range<usize>, opened: Range<usize>) -> Result<usize, Wrong> {
        let mut operands: SmallVec<[usize; 3]> = SmallVec::new();
        let before = self.at;
        if !matches!(self.token()?, (Token::Symbol(")"), _)) {
            self.at = before;
            loop {
                operands.push(self.expression(0)?);
                match self.token()? {
                    (Token::Symbol(","), _) => {}
                    (Token::Symbol(")"), _) => break,
                    (Token::End, _) => return Err(wrong("this `(` is never closed", opened)),
                    (Token::Number(_) | Token::Name(_) | Token::Symbol(_), place) => {
                        return Err(wrong("an operator, `,` or `)` is missing before this", place));
                    }
                }
            }
        }
        let takes = |names: &[&str]| {
            let (count, given) = (names.len(), operands.len());
            wrong(format!("`{name}` takes {count} ({}), not {given}", names.join(", ")), place.clone())
        };
        if let Some(op) = function(name) {
            return match operands.len() == op.arity() {
                true => Ok(self.step(Step::Apply(op, operands))),
                false => Err(takes(op.def().params)),
            };
        }
        match (DType::parse(name), &operands[..]) {
            (Some(dtype), &[of]) => Ok(self.step(Step::Cast(dtype, of))),
            (Some(_), _) => Err(takes(&["x"])),
            (None, _) => Err(wrong(format!("there is no function `{name}`"), place)),
        }
    }

    fn step(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The next word and its place.
    fn token(&mut self) -> Result<(Token<'a>, Range<usize>), Wrong> {
        let rest = &self.text[self.at..];
        let blank = rest.len() - rest.trim_start().len();
        let (start, rest) = (self.at + blank, &rest[blank..]);
        let Some(first) = rest.chars().next() else {
            self.at = start;
            return Ok((Token::End, start..start));
        };
        let (token, length) = match first {
            '0'..='9' => number(rest).map_err(|sentence| wrong(sentence, start..start + word(rest)))?,
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                number(rest).map_err(|sentence| wrong(sentence, start..start + word(rest)))?
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Token::Name(&rest[..length]), length)
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => (Token::Symbol(symbol), symbol.len()),
                None => {
                    let place = start..start + first.len_utf8();
                    return Err(wrong(format!("`{first}` is not of the language"), place));
                }
            },
        };
        self.at = start + length;
        Ok((token, start..start + length))
    }
}

/// The op that a function's name stands for.
fn function(name: &str) -> Option<Op> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, op)| *op);
    alias.or_else(|| Op::parse(name).filter(|op| !op.is_random()))
}

fn wrong(sentence: impl Into<String>, place: Range<usize>) -> Wrong {
    Wrong { sentence: sentence.into(), place }
}

/// How far what begins like a number goes.
fn word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(rest.len()).max(1)
}

/// The number that a text begins with, and its length.
fn number<'a>(rest: &str) -> Result<(Token<'a>, usize), String> {
    let digits = |from: usize| {
        rest[from..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| from + length)
    };
    let whole = digits(0);
    let mut end = whole;
    if rest[end..].starts_with('.') {
        end = digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = end + 1 + usize::from(rest[end + 1..].starts_with(['+', '-']));
        if digits(sign) > sign {
            end = digits(sign);
        }
    }
    if rest[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
        return Err(format!("`{}` is no number", &rest[..word(rest)]));
    }
    let number = match end == whole {
        true => Number::Int(rest[..end].parse().map_err(|_| "the number is too large".to_string())?),
        false => Number::Float(rest[..end].parse().map_err(|_| "this is no number".to_string())?),
    };
    Ok((Token::Number(number), end))
}
