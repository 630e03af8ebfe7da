//! Which clients there are, and where each keeps its file.

use std::path::{Path, PathBuf};

use super::reference::References;
use crate::config::Syntax;

/// An MCP client.
#[derive(Debug)]
pub(crate) struct Client {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    /// The key of its table of servers.
    pub(crate) key: &'static str,
    /// How its file is written.
    pub(crate) syntax: Syntax,
    /// What stands for a variable in its file.
    pub(crate) references: References,
    /// Whether an entry says that it is a program to start.
    pub(crate) says_stdio: bool,
    /// Where its files are: the user's own first, then those of the directory
    /// one stands in.
    places: fn(&Home<'_>) -> Vec<PathBuf>,
}

/// Where somebody's files are.
pub(crate) struct Home<'a> {
    /// The value of an environment variable.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Where one stands.
    pub(crate) here: &'a Path,
    /// Which conventions hold.
    pub(crate) system: System,
}

/// Whose conventions for files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// `$XDG_CONFIG_HOME`.
    Linux,
    /// `~/Library/Application Support`.
    Mac,
    /// `%APPDATA%`.
    Windows,
}

/// Every client. A new one is one more entry.
pub(crate) static CLIENTS: &[Client] = &[
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        key: "mcpServers",
        syntax: Syntax::Json,
        references: References::None,
        says_stdio: false,
        places: |home| vec![home.settings().join("Claude/claude_desktop_config.json")],
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        key: "mcpServers",
        syntax: Syntax::Json,
        references: References::Braced,
        says_stdio: true,
        places: |home| vec![home.own(".claude.json"), home.here.join(".mcp.json")],
    },
    Client {
        name: "cursor",
        title: "Cursor",
        key: "mcpServers",
        syntax: Syntax::Json,
        references: References::Editor,
        says_stdio: false,
        places: |home| vec![home.own(".cursor/mcp.json"), home.here.join(".cursor/mcp.json")],
    },
    Client {
        name: "vscode",
        title: "VS Code",
        key: "servers",
        syntax: Syntax::Json,
        references: References::Editor,
        says_stdio: true,
        places: |home| vec![home.settings().join("Code/User/mcp.json"), home.here.join(".vscode/mcp.json")],
    },
    Client {
        name: "codex",
        title: "Codex",
        key: "mcp_servers",
        syntax: Syntax::Toml,
        references: References::None,
        says_stdio: false,
        places: |home| {
            let own = home.set("CODEX_HOME").unwrap_or_else(|| home.own(".codex"));
            vec![own.join("config.toml"), home.here.join(".codex/config.toml")]
        },
    },
    Client {
        name: "gemini",
        title: "Gemini CLI",
        key: "mcpServers",
        syntax: Syntax::Json,
        references: References::Shell,
        says_stdio: false,
        places: |home| vec![home.own(".gemini/settings.json"), home.here.join(".gemini/settings.json")],
    },
];

impl Client {
    /// The client of that name, or every name there is.
    pub(crate) fn named(name: &str) -> Result<&'static Self, String> {
        let names = || CLIENTS.iter().map(|client| client.name).collect::<Vec<_>>().join(", ");
        CLIENTS.iter().find(|client| client.name == name).ok_or_else(|| format!("the clients are {}", names()))
    }

    /// Where its files are, the user's own first; each once.
    pub(crate) fn places(&self, home: &Home<'_>) -> Vec<PathBuf> {
        let mut places = (self.places)(home);
        places.dedup();
        places
    }

    /// Whose file this is, by where it is and what it is called; `None` where
    /// nothing tells.
    pub(crate) fn of_file(path: &Path, home: &Home<'_>) -> Option<&'static Self> {
        let known = CLIENTS.iter().find(|client| client.places(home).iter().any(|place| place == path));
        let holds = |part: &str| path.components().any(|component| component.as_os_str().eq_ignore_ascii_case(part));
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let told = match name.as_str() {
            "claude_desktop_config.json" => "claude-desktop",
            ".claude.json" | ".mcp.json" => "claude-code",
            "config.toml" => "codex",
            _ if holds(".cursor") => "cursor",
            _ if holds(".vscode") || holds("Code") => "vscode",
            _ if holds(".gemini") => "gemini",
            _ => "",
        };
        known.or_else(|| Self::named(told).ok())
    }
}

impl<'a> Home<'a> {
    /// Of whoever runs this program.
    pub(crate) fn of(variable: &'a dyn Fn(&str) -> Option<String>, here: &'a Path) -> Self {
        let system = match std::env::consts::OS {
            "macos" | "ios" => System::Mac,
            "windows" => System::Windows,
            _ => System::Linux,
        };
        Self { variable, here, system }
    }

    /// A file in the user's own directory.
    pub(crate) fn own(&self, name: &str) -> PathBuf {
        let variable = if self.system == System::Windows { "USERPROFILE" } else { "HOME" };
        self.set(variable).unwrap_or_default().join(name)
    }

    /// Where programs keep what their user sets.
    fn settings(&self) -> PathBuf {
        match self.system {
            System::Linux => self.set("XDG_CONFIG_HOME").unwrap_or_else(|| self.own(".config")),
            System::Mac => self.own("Library/Application Support"),
            System::Windows => self.set("APPDATA").unwrap_or_else(|| self.own("AppData/Roaming")),
        }
    }

    fn set(&self, variable: &str) -> Option<PathBuf> {
        (self.variable)(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
    }
}
