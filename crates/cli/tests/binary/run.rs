//! One run of the binary.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The longest any run may take before the test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, about to run in a directory of its own, with an environment in
/// which nothing is set but what every program needs.
pub(crate) struct Run {
    command: Command,
    place: TempDir,
    input: Option<String>,
}

/// What came of a run.
pub(crate) struct Ended {
    /// The exit status; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
    /// The directory it ran in, and its temporary directory within.
    pub(crate) place: TempDir,
}

/// The binary with these arguments.
pub(crate) fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    let place = tempfile::tempdir().unwrap();
    let temporary = place.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_concertmaster"));
    command
        .args(args)
        .current_dir(place.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", place.path())
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Run { command, place, input: None }
}

impl Run {
    /// With a file in the directory it runs in.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.place.path().join(name), text).unwrap();
        self
    }

    /// The path of a file in the directory it runs in.
    pub(crate) fn path(&self, name: &str) -> String {
        self.place.path().join(name).into_os_string().into_string().unwrap()
    }

    /// What a file in the directory it runs in says.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place.path().join(name)).unwrap()
    }

    /// With an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this on its standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self.command.stdin(Stdio::piped());
        self
    }

    /// Runs it to its end.
    pub(crate) fn end(self) -> Ended {
        self.start().end()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let mut child = self.command.spawn().unwrap();
        if let Some(text) = self.input {
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        }
        Running { child, place: self.place }
    }

    /// Starts it with a standard input that stays open.
    pub(crate) fn start_open(mut self) -> Running {
        self.command.stdin(Stdio::piped());
        let child = self.command.spawn().unwrap();
        Running { child, place: self.place }
    }
}

/// A run that goes on.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) place: TempDir,
}

impl Running {
    /// Sends it a signal by name: `INT`, `TERM`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let out = collect(self.child.stdout.take().unwrap());
        let err = collect(self.child.stderr.take().unwrap());
        let status = wait(&mut self.child);
        Ended { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap(), place: self.place }
    }

    /// The processes that have this run's temporary directory on their
    /// command line: its servers.
    pub(crate) fn servers(&self) -> Vec<u32> {
        processes_naming(&self.place.path().join("tmp"))
    }
}

impl Ended {
    /// The one JSON document on its standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {:?}\n{}", self.out, self.err))
    }

    /// Checks the exit status, and shows everything when it is another.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Checks that each of these stands somewhere in the output.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        let all = format!("{}{}", self.out, self.err);
        for part in parts {
            assert!(all.contains(part), "{part:?} is missing\nout: {}\nerr: {}", self.out, self.err);
        }
        self
    }

    /// Checks that nothing of it is left: no process, no file.
    #[track_caller]
    pub(crate) fn leaves_nothing(self) -> Self {
        let temporary = self.place.path().join("tmp");
        assert_eq!(processes_naming(&temporary), [0_u32; 0]);
        let left: Vec<PathBuf> = fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, Vec::<PathBuf>::new());
        self
    }
}

/// Waits until something is so, and fails when it never is.
#[track_caller]
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The processes whose command line names this path.
pub(crate) fn processes_naming(path: &Path) -> Vec<u32> {
    let path = path.to_str().unwrap().to_owned();
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let names = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&path)
    };
    fs::read_dir("/proc").unwrap().filter_map(|entry| pid(entry.unwrap())).filter(names).collect()
}

fn wait(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the run did not end within {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
