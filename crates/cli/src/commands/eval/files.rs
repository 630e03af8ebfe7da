//! The files that an evaluation reads.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use evaluate::{Floor, Labelled};

use crate::failure::Failure;
use crate::render::counted;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// A file of labelled queries.
#[derive(Debug)]
pub(super) struct LabelledFile {
    /// As it was named.
    pub(super) path: PathBuf,
    /// Its queries, in their order.
    pub(super) queries: Vec<Labelled>,
}

/// Reads every file, or says everything that is wrong with any of them.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<LabelledFile>, Failure> {
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    for path in paths {
        match read_file(path) {
            Ok(queries) => files.push(LabelledFile { path: path.clone(), queries }),
            Err(message) => wrong.push(message),
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(Failure::Usage(wrong.join("\n"))) }
}

fn read_file(path: &Path) -> Result<Vec<Labelled>, String> {
    evaluate::read(&bytes(path)?).map_err(|faults| {
        let listed: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!("{} has {}:\n{}", path.display(), counted(faults.len(), "fault"), listed.join("\n"))
    })
}

/// Reads a floor, which must set something for each of those files.
pub(super) fn read_floor(path: &Path, files: &[PathBuf]) -> Result<Floor, Failure> {
    let bytes = bytes(path).map_err(Failure::Usage)?;
    let floor = Floor::parse(&String::from_utf8_lossy(&bytes)).map_err(|faults| told(path, &faults))?;
    let unset = |file: &&PathBuf| !floor.covers(&file_name(file));
    let unset: Vec<String> =
        files.iter().filter(unset).map(|file| format!("nothing is set for `{}`", file_name(file))).collect();
    if unset.is_empty() { Ok(floor) } else { Err(told(path, &unset)) }
}

/// Writes a floor in place of the one that is there.
pub(super) fn write_floor(path: &Path, floor: &Floor) -> Result<(), Failure> {
    const WHAT: &str = "write the floor";
    let text = serde_json::to_string_pretty(floor).map_err(|error| Failure::machine(WHAT, error))?;
    std::fs::write(path, text + "\n").map_err(|error| Failure::machine(WHAT, error))
}

fn told(path: &Path, faults: &[String]) -> Failure {
    let listed: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    Failure::Usage(format!("{} is no floor for this:\n{}", path.display(), listed.join("\n")))
}

/// The name that a floor knows a file by.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", path.display());
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unreadable(&"there is no such file")),
        Err(error) => Err(unreadable(&error)),
        Ok(read) if read as u64 > MAX_FILE_BYTES => {
            Err(unreadable(&format_args!("it is longer than {} MiB", MAX_FILE_BYTES / (1024 * 1024))))
        }
        Ok(_) => Ok(bytes),
    }
}
