//! Which servers are added, under which name, and why others are not.

use std::path::PathBuf;

use super::client::Client;
use super::entry::Entry;
use super::secret::{Hidden, Variables, hide};
use super::server::{Launch, Server};
use crate::config::{name_fault, slug};

/// One client's file and the servers in it.
#[derive(Debug)]
pub(crate) struct File {
    /// Whose it is.
    pub(crate) client: &'static Client,
    /// The file.
    pub(crate) path: PathBuf,
    /// Its servers, or why it cannot be read.
    pub(crate) entries: Result<Vec<Entry>, String>,
}

/// What becomes of one server.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Its name in the client's file.
    pub(crate) name: String,
    /// The project it is for there.
    pub(crate) project: Option<String>,
    /// What becomes of it.
    pub(crate) fate: Fate,
}

/// What becomes of a server.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is added.
    Added {
        /// Under this name.
        name: String,
        /// As this.
        server: Box<Server>,
        /// The secrets that references stand for.
        hidden: Vec<Hidden>,
    },
    /// It is not.
    Skipped {
        /// Why.
        why: String,
    },
}

/// What becomes of every server of these files, next to the servers there
/// are. With `keep`, secrets are written as they stand.
pub(crate) fn take(files: &[File], there: &[(String, Launch)], secrets: Secrets) -> Vec<Vec<Taken>> {
    let known = there.iter().map(|(name, launch)| Known { name: name.clone(), launch: launch.clone(), from: None });
    let mut taking = Taking { known: known.collect(), variables: Variables::default(), secrets };
    files.iter().map(|file| taking.file(file)).collect()
}

/// Whether a server is among those there are, as it stands or with its
/// secrets replaced.
pub(crate) fn has(there: &[(String, Launch)], name: &str, server: &Server, secrets: Secrets) -> bool {
    let mut hidden = server.clone();
    if secrets == Secrets::Hidden {
        hide(name, &mut hidden, &mut Variables::default());
    }
    there.iter().any(|(_, launch)| launch.is_same(&server.launch) || launch.is_same(&hidden.launch))
}

/// What happens to secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// References stand for them.
    Hidden,
    /// They are written down.
    Kept,
}

struct Taking {
    known: Vec<Known>,
    variables: Variables,
    secrets: Secrets,
}

/// A server there is, or is going to be.
struct Known {
    name: String,
    launch: Launch,
    from: Option<&'static Client>,
}

impl Taking {
    fn file(&mut self, file: &File) -> Vec<Taken> {
        let entries = file.entries.as_deref().unwrap_or_default();
        entries.iter().map(|entry| self.entry(entry, file.client)).collect()
    }

    fn entry(&mut self, entry: &Entry, client: &'static Client) -> Taken {
        let fate = match &entry.server {
            Err(why) => Fate::Skipped { why: why.clone() },
            Ok(server) => self.server(&entry.name, server.clone(), client),
        };
        Taken { name: entry.name.clone(), project: entry.project.clone(), fate }
    }

    fn server(&mut self, written: &str, mut server: Server, client: &'static Client) -> Fate {
        let own = if name_fault(written).is_some() { slug(written) } else { written.to_owned() };
        let plain = server.launch.clone();
        let hidden = match self.secrets {
            Secrets::Hidden => hide(&own, &mut server, &mut self.variables),
            Secrets::Kept => Vec::new(),
        };
        let is_same = |known: &&Known| known.launch.is_same(&server.launch) || known.launch.is_same(&plain);
        if let Some(same) = self.known.iter().find(is_same) {
            return Fate::Skipped { why: same.told() };
        }
        let name = self.free(&own, client);
        if let Some(other) = self.known.iter().find(|known| known.name == own) {
            server.remarks.push(format!("`{own}` is another server{}; this one is called `{name}`", other.place()));
        } else if name != written {
            server.remarks.push(format!("it is called `{name}` here"));
        }
        self.known.push(Known { name: name.clone(), launch: server.launch.clone(), from: Some(client) });
        Fate::Added { name, server: Box::new(server), hidden }
    }

    /// The name itself, or the name with the client's, or with a number.
    fn free(&self, own: &str, client: &Client) -> String {
        let with_client = slug(&format!("{own}-{}", client.name));
        let numbered = (2..).map(|n| slug(&format!("{n}-{own}-{}", client.name)));
        let free = |name: &String| self.known.iter().all(|known| known.name != *name);
        let names = [own.to_owned(), with_client.clone()].into_iter().chain(numbered);
        // There are always more numbers than servers.
        names.into_iter().find(free).unwrap_or(with_client)
    }
}

impl Known {
    fn told(&self) -> String {
        match self.from {
            None => format!("it is there already, as `{}`", self.name),
            Some(client) => format!("it is the same as `{}` of {}", self.name, client.title),
        }
    }

    fn place(&self) -> String {
        self.from.map_or_else(|| " there already".to_owned(), |client| format!(" of {}", client.title))
    }
}
