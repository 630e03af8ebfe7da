//! The servers of a client's file.
//!
//! What is not understood is passed over: the file is another program's, and
//! only what reaching a server takes is wanted of it.

use std::path::{Path, PathBuf};

use super::client::{Client, Home};
use super::reference::{References, escaped, translate};
use super::server::{Launch, Server};
use crate::config::{Kind, Node};

/// A server as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Its name there.
    pub(crate) name: String,
    /// The project it is for, where the file keeps several projects' servers.
    pub(crate) project: Option<String>,
    /// How it is reached, where it says so.
    pub(crate) launch: Option<Launch>,
    /// The server, or why it cannot be taken over.
    pub(crate) server: Result<Server, String>,
}

/// Where a file stands.
pub(crate) struct Scene<'a> {
    /// Whose it is.
    pub(crate) client: &'a Client,
    /// The file.
    pub(crate) path: &'a Path,
    /// Whose files they are.
    pub(crate) home: &'a Home<'a>,
}

/// The shortest and the longest timeout that is taken over, in milliseconds.
const TIMEOUT_MS: std::ops::RangeInclusive<i64> = 100..=600_000;

/// The keys of a file's entry that choose among a server's tools.
const TOOL_LISTS: &[&str] = &["includeTools", "excludeTools", "enabled_tools", "disabled_tools", "disabledTools"];

/// Every server in a file, in its order.
pub(crate) fn entries(tree: &Node, scene: &Scene<'_>) -> Vec<Entry> {
    let project = scene.project();
    let mut found = of_table(tree, scene, None, &project);
    // Claude Code keeps the servers of single projects in the user's file.
    for (name, own) in table(member(tree, "projects")) {
        found.extend(of_table(own, scene, Some(name), Path::new(name)));
    }
    found
}

/// The servers of `concertmaster.toml`, as they are written.
pub(crate) fn own_entries(tree: &Node) -> Vec<(String, Launch)> {
    let own = Reader { references: References::Own, project: Path::new(""), is_project: false, home: None };
    let launch = |(name, node): (&str, &Node)| Some((name.to_owned(), own.launch(node, &mut Vec::new()).ok()?));
    table(member(tree, "servers")).filter_map(launch).collect()
}

fn of_table(tree: &Node, scene: &Scene<'_>, project: Option<&str>, directory: &Path) -> Vec<Entry> {
    let is_project = project.is_some() || !scene.is_users();
    let reader = Reader { references: scene.client.references, project: directory, is_project, home: Some(scene.home) };
    let entry = |(name, node): (&str, &Node)| Entry {
        name: name.to_owned(),
        project: project.map(str::to_owned),
        launch: reader.launch(node, &mut Vec::new()).ok(),
        server: reader.server(node),
    };
    table(member(tree, scene.client.key)).map(entry).collect()
}

impl Scene<'_> {
    /// Whether it is the file for all of a user's projects.
    fn is_users(&self) -> bool {
        self.client.places(self.home).first().is_some_and(|own| own == self.path)
    }

    /// The directory that the file is about: the one that holds it, or that
    /// holds the client's own directory.
    fn project(&self) -> PathBuf {
        let parent = self.path.parent().unwrap_or(Path::new(""));
        let is_own = parent.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let directory = if is_own { parent.parent().unwrap_or(parent) } else { parent };
        self.home.here.join(directory)
    }
}

/// How the texts of one table are read.
struct Reader<'a> {
    references: References,
    project: &'a Path,
    /// Whether the table is for that project alone, whose directory its
    /// servers are started in.
    is_project: bool,
    /// Whose files they are; nobody's for our own, which are kept as they are.
    home: Option<&'a Home<'a>>,
}

impl Reader<'_> {
    fn server(&self, node: &Node) -> Result<Server, String> {
        if flag(node, "disabled") == Some(true) || flag(node, "enabled") == Some(false) {
            return Err("it is switched off in the file".to_owned());
        }
        let mut remarks = Vec::new();
        let launch = self.launch(node, &mut remarks)?;
        if launch.is_concertmaster() {
            return Err("it is Concertmaster itself".to_owned());
        }
        if TOOL_LISTS.iter().any(|key| member(node, key).is_some()) {
            remarks.push("its choice of tools is not taken over: all of them are offered, through the gate".to_owned());
        }
        if member(node, "envFile").is_some() {
            remarks.push("its `envFile` is not read; list the variables under `inherit_env`".to_owned());
        }
        if member(node, "oauth").is_some() {
            remarks.push("its OAuth settings are not taken over".to_owned());
        }
        remarks.dedup();
        let description = text(node, "description").map(str::to_owned);
        let timeout = milliseconds(node, "timeout").or_else(|| seconds(node, "tool_timeout_sec"));
        let start_timeout = seconds(node, "startup_timeout_sec").or_else(|| milliseconds(node, "startup_timeout_ms"));
        Ok(Server { launch, description, timeout, start_timeout, remarks })
    }

    fn launch(&self, node: &Node, remarks: &mut Vec<String>) -> Result<Launch, String> {
        match (text(node, "command"), self.address(node, remarks)) {
            (Some(command), _) => self.child(node, command, remarks),
            (None, Some(url)) => Ok(self.remote(node, url, remarks)),
            (None, None) => Err("it says neither what to start nor where to connect".to_owned()),
        }
    }

    /// The address, under whichever key. Which of the HTTP transports stands
    /// behind it is found out when it is first spoken to.
    fn address(&self, node: &Node, remarks: &mut Vec<String>) -> Option<String> {
        let url = ["httpUrl", "url", "serverUrl"].into_iter().find_map(|key| text(node, key))?;
        Some(self.put(url, remarks))
    }

    fn child(&self, node: &Node, command: &str, remarks: &mut Vec<String>) -> Result<Launch, String> {
        let mut args = texts(member(node, "args"));
        let mut command = command.trim();
        // Some clients hand a whole line to a shell.
        let line: Vec<&str> = command.split_whitespace().collect();
        if args.is_empty() && line.len() > 1 && !line[0].contains(['/', '\\']) {
            remarks.push("its command was a whole line, and is taken apart at the blanks".to_owned());
            args = line[1..].iter().map(|word| (*word).to_owned()).collect();
            command = line[0];
        }
        if command.is_empty() {
            return Err("its command is empty".to_owned());
        }
        let command = self.put(command, remarks);
        let args: Vec<String> = args.iter().map(|arg| self.put(arg, remarks)).collect();
        let env = self.pairs(node, "env", remarks);
        let inherit_env = [texts(member(node, "env_vars")), texts(member(node, "inherit_env"))].concat();
        let cwd = text(node, "cwd").filter(|cwd| !cwd.trim().is_empty()).map(|cwd| self.directory(cwd, remarks));
        let is_relative =
            std::iter::once(&command).chain(&args).any(|word| word.starts_with(['.']) && word.contains('/'));
        let here = (self.is_project && is_relative).then(|| escaped(&self.project.to_string_lossy()));
        let cwd = cwd.or(here);
        Ok(Launch::Child { command, args, env, inherit_env, cwd })
    }

    fn remote(&self, node: &Node, url: String, remarks: &mut Vec<String>) -> Launch {
        let mut headers = self.pairs(node, "headers", remarks);
        headers.extend(self.pairs(node, "http_headers", remarks));
        if let Some(variable) = text(node, "bearer_token_env_var") {
            headers.push(("Authorization".to_owned(), format!("Bearer ${{{variable}}}")));
        }
        for (name, value) in table(member(node, "env_http_headers")) {
            headers.extend(plain(value).map(|variable| (name.to_owned(), format!("${{{variable}}}"))));
        }
        Launch::Remote { url, headers }
    }

    /// A directory as an absolute path.
    fn directory(&self, cwd: &str, remarks: &mut Vec<String>) -> String {
        let cwd = self.put(cwd, remarks);
        let Some(home) = self.home else { return cwd };
        if let Some(rest) = cwd.strip_prefix("~/") {
            return escaped(&home.own(rest).to_string_lossy());
        }
        let starts_with_reference = cwd.starts_with("${");
        let absolute: PathBuf = self.project.join(&cwd).components().collect();
        if starts_with_reference { cwd } else { absolute.to_string_lossy().into_owned() }
    }

    fn pairs(&self, node: &Node, key: &str, remarks: &mut Vec<String>) -> Vec<(String, String)> {
        let pair = |(name, value): (&str, &Node)| Some((name.to_owned(), plain(value)?));
        let pairs: Vec<(String, String)> = table(member(node, key)).filter_map(pair).collect();
        pairs.into_iter().map(|(name, value)| (name, self.put(&value, remarks))).collect()
    }

    fn put(&self, text: &str, remarks: &mut Vec<String>) -> String {
        let translated = translate(text, self.references, self.project);
        remarks.extend(translated.remarks);
        translated.text
    }
}

fn member<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let Kind::Table(members) = &node.kind else { return None };
    members.iter().rev().find(|member| member.name == name).map(|member| &member.value)
}

fn table(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let members = match node.map(|node| &node.kind) {
        Some(Kind::Table(members)) => members.as_slice(),
        _ => &[],
    };
    members.iter().map(|member| (member.name.as_str(), &member.value))
}

fn text<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    match &member(node, name)?.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

fn flag(node: &Node, name: &str) -> Option<bool> {
    match member(node, name)?.kind {
        Kind::Flag(flag) => Some(flag),
        _ => None,
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    match node.map(|node| &node.kind) {
        Some(Kind::List(items)) => items.iter().filter_map(plain).collect(),
        _ => Vec::new(),
    }
}

/// A value as the text that a client makes of it.
fn plain(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Integer(number) => Some(number.to_string()),
        Kind::Fraction(number) => Some(number.to_string()),
        Kind::Flag(flag) => Some(flag.to_string()),
        Kind::Null | Kind::Date | Kind::Broken | Kind::List(_) | Kind::Table(_) => None,
    }
}

fn milliseconds(node: &Node, name: &str) -> Option<String> {
    match member(node, name)?.kind {
        Kind::Integer(ms) if TIMEOUT_MS.contains(&ms) => Some(time(ms)),
        _ => None,
    }
}

fn seconds(node: &Node, name: &str) -> Option<String> {
    let ms = match member(node, name)?.kind {
        Kind::Integer(seconds) => seconds.checked_mul(1_000)?,
        Kind::Fraction(seconds) if seconds.is_finite() && seconds.abs() < 1e6 => (seconds * 1_000.0).round() as i64,
        _ => return None,
    };
    TIMEOUT_MS.contains(&ms).then(|| time(ms))
}

fn time(ms: i64) -> String {
    if ms % 1_000 == 0 { format!("{}s", ms / 1_000) } else { format!("{ms}ms") }
}
