//! The file that everything is kept in.
//!
//! Several processes share it: each transaction holds the directory, reads
//! what others appended, decides, appends and has it on the disk before
//! anybody is told. What a crash left half written is cut away by the next.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::book::Book;
use super::draft::Draft;
use super::frame::{self, FrameFault};
use super::watch::{Point, Watch};
use crate::{StoreFault, Wall, name};

/// The file itself.
const FILE: &str = "state.log";

/// The next one, while it is written.
const NEXT: &str = "state.log.next";

/// What was cut away of a file that ended within a record.
const TORN: &str = "state.log.torn";

/// Held by whoever reads or writes the file.
const LOCK: &str = "state.lock";

/// What the file begins with, before its own name.
const MAGIC: &str = "concertmaster state 1 ";

/// The first line: the magic, the file's own name and a line feed, in bytes.
const HEADER: usize = MAGIC.len() + NAME + 1;

/// A file's own name, in bytes.
const NAME: usize = 19;

/// How long another process may hold the directory before we give up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause before the directory is tried again.
const PAUSE: Duration = Duration::from_millis(1);

/// Why a file could not be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileFault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Frame(#[from] FrameFault),
    #[error("{FILE} is no state of this program")]
    Foreign,
    #[error("another process holds the state directory")]
    Held,
}

/// The file, and the book as far as it was read.
pub(super) struct StateFile {
    directory: PathBuf,
    lock: File,
    book: Book,
    /// The file that the book was read from, and how far.
    read: Option<Position>,
    /// How long the file was when it was last written anew, in bytes.
    compacted: u64,
    watch: Box<dyn Watch>,
}

struct Position {
    name: String,
    offset: u64,
}

impl StateFile {
    /// The file in that directory, which is made when it is not there.
    pub(super) fn open(directory: &Path, watch: Box<dyn Watch>) -> Result<Self, FileFault> {
        make_directory(directory)?;
        let lock = private().create(true).truncate(false).open(directory.join(LOCK))?;
        let book = Book::default();
        Ok(Self { directory: directory.to_owned(), lock, book, read: None, compacted: 0, watch })
    }

    /// Makes one transaction: whatever `work` enters is on the disk when this
    /// returns, all of it or nothing.
    pub(super) fn transact<T>(
        &mut self,
        run: &str,
        now: Wall,
        work: impl FnOnce(&mut Draft<'_>) -> T,
    ) -> Result<T, FileFault> {
        self.hold()?;
        let done = self.held(run, now, work);
        if done.is_err() {
            // The book may be ahead of the file; it is read anew.
            self.read = None;
        }
        let let_go = self.lock.unlock();
        let done = done?;
        let_go?;
        Ok(done)
    }

    /// The point between keeping a transaction and telling of it.
    pub(super) fn telling(&mut self) {
        // What is kept stays kept: a watcher can end the process here, and
        // nothing else.
        let _ = self.watch.at(Point::Told);
    }

    fn held<T>(&mut self, run: &str, now: Wall, work: impl FnOnce(&mut Draft<'_>) -> T) -> Result<T, FileFault> {
        self.watch.at(Point::Held)?;
        let (mut file, offset) = self.caught_up()?;
        self.watch.at(Point::Read)?;
        let mut draft = Draft::of(&mut self.book, run);
        let done = work(&mut draft);
        let bytes = draft.into_bytes();
        if !bytes.is_empty() {
            self.watch.at(Point::Decided)?;
            if let Err(fault) = self.written(&mut file, offset, &bytes) {
                // Best effort: what cannot be cut away now is cut away by the
                // next transaction, or counts although nobody was told so.
                let _ = file.set_len(offset);
                return Err(fault.into());
            }
            if let Some(read) = &mut self.read {
                read.offset = offset + bytes.len() as u64;
            }
            self.watch.at(Point::Kept)?;
            self.compacted_if_long(now);
        }
        Ok(done)
    }

    fn written(&mut self, file: &mut File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        file.seek(SeekFrom::Start(offset))?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.watch.at(Point::HalfWritten)?;
        file.write_all(second)?;
        self.watch.at(Point::Written)?;
        file.sync_data()
    }

    fn hold(&self) -> Result<(), FileFault> {
        let since = Instant::now();
        loop {
            match self.lock.try_lock() {
                Ok(()) => return Ok(()),
                Err(fs::TryLockError::WouldBlock) if since.elapsed() < PATIENCE => sleep(PAUSE),
                Err(fs::TryLockError::WouldBlock) => return Err(FileFault::Held),
                Err(fs::TryLockError::Error(why)) => return Err(why.into()),
            }
        }
    }

    /// Reads what was appended since, by us or by others, and where the next
    /// record goes.
    fn caught_up(&mut self) -> Result<(File, u64), FileFault> {
        let path = self.directory.join(FILE);
        let mut file = match private().read(true).open(&path) {
            Ok(file) => file,
            Err(absent) if absent.kind() == io::ErrorKind::NotFound => {
                self.replace(&[])?;
                private().read(true).open(&path)?
            }
            Err(why) => return Err(why.into()),
        };
        let name = own_name(&mut file)?;
        let known = self.read.take().filter(|read| read.name == name);
        let length = file.metadata()?.len();
        let mut offset = match known {
            Some(read) if read.offset <= length => read.offset,
            _ => {
                self.book = Book::default();
                self.compacted = length;
                HEADER as u64
            }
        };
        if offset < length {
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let scan = frame::scan(&bytes)?;
            scan.records.into_iter().for_each(|record| self.book.enter(record));
            offset += scan.whole as u64;
            if scan.whole < bytes.len() {
                // Never acknowledged, as nothing is that is not whole. Put
                // aside, should it be damage of another kind.
                let _ = fs::write(self.directory.join(TORN), &bytes[scan.whole..]);
                file.set_len(offset)?;
                file.sync_all()?;
            }
        }
        self.read = Some(Position { name, offset });
        Ok((file, offset))
    }

    /// Writes the file anew where it has grown long. Failing that, the long
    /// one goes on.
    fn compacted_if_long(&mut self, now: Wall) {
        let length = self.read.as_ref().map_or(0, |read| read.offset);
        if length <= self.watch.compacts_beyond().max(self.compacted * 2) {
            return;
        }
        self.book.sweep(now);
        let mut bytes = Vec::new();
        for record in self.book.records() {
            if frame::append(&record, &mut bytes).is_err() {
                return;
            }
        }
        if let Ok(position) = self.replace(&bytes) {
            self.compacted = position.offset;
            self.read = Some(position);
        } else {
            // Which of the two counts is seen when it is read again.
            self.read = None;
        }
    }

    /// A new file with these records, in place of the old one.
    fn replace(&mut self, records: &[u8]) -> io::Result<Position> {
        let name = name::random();
        let next = self.directory.join(NEXT);
        let mut file = private().create(true).truncate(true).open(&next)?;
        file.write_all(format!("{MAGIC}{name}\n").as_bytes())?;
        file.write_all(records)?;
        file.sync_all()?;
        self.watch.at(Point::Beside)?;
        fs::rename(&next, self.directory.join(FILE))?;
        sync_directory(&self.directory)?;
        self.watch.at(Point::Replaced)?;
        Ok(Position { name, offset: (HEADER + records.len()) as u64 })
    }
}

impl From<FileFault> for StoreFault {
    fn from(fault: FileFault) -> Self {
        match fault {
            FileFault::Held => Self::Held,
            FileFault::Frame(FrameFault::TooLong) => Self::TooMuch(fault.to_string()),
            FileFault::Io(_) | FileFault::Frame(_) | FileFault::Foreign => Self::Unkept(fault.to_string()),
        }
    }
}

/// The name in a file's first line.
fn own_name(file: &mut File) -> Result<String, FileFault> {
    let mut header = [0; HEADER];
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(short) if short.kind() == io::ErrorKind::UnexpectedEof => return Err(FileFault::Foreign),
        Err(why) => return Err(why.into()),
    }
    let text = str::from_utf8(&header).map_err(|_| FileFault::Foreign)?;
    let name = text.strip_prefix(MAGIC).and_then(|rest| rest.strip_suffix('\n'));
    name.map(str::to_owned).ok_or(FileFault::Foreign)
}

/// Opens for writing, for the owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The directory and those above it, for the owner alone where they are new.
pub(super) fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// A new name in a directory is kept once the directory is.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
