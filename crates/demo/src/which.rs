//! The four servers by name: in comes a word from a command line, out comes a
//! [`Which`], or the list of the names that would have worked.

use std::{fmt, str::FromStr};

/// One of the four demo servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// The project's files: list, read, search, write.
    Filesystem,
    /// Pull requests, reviews, issues and commits of `fernhill/gateway`.
    Github,
    /// The warehouse: customers, orders, products and support tickets.
    Sql,
    /// The team's channels: search, threads, posting.
    Slack,
}

impl Which {
    /// Every server, in the order in which they are listed to people.
    pub const ALL: [Self; 4] = [Self::Filesystem, Self::Github, Self::Sql, Self::Slack];

    /// The name used in configuration and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filesystem => "filesystem",
            Self::Github => "github",
            Self::Sql => "sql",
            Self::Slack => "slack",
        }
    }

    /// One sentence on what the server gives access to.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Filesystem => crate::filesystem::PROFILE.description,
            Self::Github => crate::github::PROFILE.description,
            Self::Sql => crate::sql::PROFILE.description,
            Self::Slack => crate::slack::PROFILE.description,
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Which {
    type Err = UnknownServer;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|which| which.name() == name).ok_or_else(|| UnknownServer { name: name.to_owned() })
    }
}

/// A name that none of the demo servers has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no demo server \"{name}\"; the demo servers are filesystem, github, sql and slack")]
pub struct UnknownServer {
    /// The name as it was given.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        for which in Which::ALL {
            assert_eq!(which.to_string().parse(), Ok(which));
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = "jira".parse::<Which>().unwrap_err().to_string();
        assert!(Which::ALL.iter().all(|which| message.contains(which.name())), "{message}");
    }
}
