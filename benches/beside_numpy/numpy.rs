//! A Python that evaluates calls of NumPy when it is asked to, one line for each question and answer.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The other side.
pub struct NumPy {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl NumPy {
    /// A Python of its own, whose library of matrix products uses so many threads.
    pub fn start(python: &str, threads: usize) -> NumPy {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/beside_numpy/numpy_side.py");
        let mut child = Command::new(python)
            .arg("-B")
            .arg(script)
            .env("OPENBLAS_NUM_THREADS", threads.to_string())
            .env("OMP_NUM_THREADS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("NUMFUSE_PYTHON names a program");
        let questions = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        NumPy { child, questions, answers }
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.questions, "{question}").expect("Python listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("Python answers in text");
        assert!(!answer.is_empty(), "Python left: {question}");
        answer.trim().to_string()
    }

    /// Reads the arrays of a folder.
    pub fn load(&mut self, folder: &Path) {
        self.ask(&format!("load {}", folder.display()));
    }

    /// Evaluates an expression once: the type, shape and sum of its first result, or what is said in refusing it.
    pub fn call(&mut self, expression: &str) -> Result<String, String> {
        let answer = self.ask(&format!("call {expression}"));
        match answer.strip_prefix("refused: ") {
            Some(sentence) => Err(sentence.to_string()),
            None => Ok(answer),
        }
    }

    /// Seconds for one evaluation of it, of as many as take so long.
    pub fn time(&mut self, seconds: f64) -> f64 {
        self.ask(&format!("time {seconds}")).parse().expect("a number of seconds")
    }
}

impl Drop for NumPy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
