//! The ways to misbehave.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// One way to misbehave; `Plain` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    /// Reads, and never answers.
    Silent,
    /// Prints garbage around every message.
    Noise,
    /// Ends before anything was asked.
    ExitAtOnce,
    /// Ends when asked in the modern way.
    ExitOnDiscover,
    /// Does not answer when asked in the modern way.
    SilentOnDiscover,
    /// Ends with status 1 in the middle of a call.
    DieMidCall,
    /// Never answers a call.
    HangOnCall,
    /// Answers a call with a line of 17 MiB.
    HugeLine,
    /// Lists page after page.
    EndlessPages,
    /// Lists the same page again and again.
    RepeatCursor,
    /// Lists one tool without a schema among good ones.
    OneBadTool,
    /// Writes to its standard error without end.
    StderrFlood,
    /// Ignores SIGTERM and the end of its input, and has a child that does.
    IgnoreTerm,
    /// Says that its tools may change.
    ListChanged,
    /// Asks for input instead of answering a call.
    AskBack,
    /// Asks the client things before it answers a call.
    ServerRequests,
    /// Does not answer `tools/list`.
    SilentOnList,
    /// Says without end that its tools changed.
    Storm,
    /// Has tools that ask the client, and that log.
    Curious,
    /// Has tools whose calls become tasks.
    Tasks,
    /// Offers resources, prompts and completions, and logs.
    Shelf,
    /// Has tools that say too much, or say it wrongly.
    Blunt,
    /// Says something else of `get_echo` once it grew.
    RugPull,
    /// Lists a million tools.
    ManyTools,
    /// Lists tools with 100 MB of schemas.
    LargeTools,
}

const NAMES: &[(&str, Mode)] = &[
    ("plain", Mode::Plain),
    ("silent", Mode::Silent),
    ("noise", Mode::Noise),
    ("exit-at-once", Mode::ExitAtOnce),
    ("exit-on-discover", Mode::ExitOnDiscover),
    ("silent-on-discover", Mode::SilentOnDiscover),
    ("die-mid-call", Mode::DieMidCall),
    ("hang-on-call", Mode::HangOnCall),
    ("huge-line", Mode::HugeLine),
    ("endless-pages", Mode::EndlessPages),
    ("repeat-cursor", Mode::RepeatCursor),
    ("one-bad-tool", Mode::OneBadTool),
    ("stderr-flood", Mode::StderrFlood),
    ("ignore-term", Mode::IgnoreTerm),
    ("list-changed", Mode::ListChanged),
    ("ask-back", Mode::AskBack),
    ("server-requests", Mode::ServerRequests),
    ("silent-on-list", Mode::SilentOnList),
    ("storm", Mode::Storm),
    ("curious", Mode::Curious),
    ("shelf", Mode::Shelf),
    ("blunt", Mode::Blunt),
    ("rug-pull", Mode::RugPull),
    ("many-tools", Mode::ManyTools),
    ("large-tools", Mode::LargeTools),
    ("tasks", Mode::Tasks),
];

/// Which revisions it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Legacy,
    Modern,
    Both,
}

/// What the arguments say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    modes: Vec<Mode>,
    pub(crate) speaks: Speaks,
    /// What a handshake comes out at.
    pub(crate) revision: String,
    pub(crate) slow_start: Duration,
    /// How long it lives; for ever without.
    pub(crate) life: Option<Duration>,
    pub(crate) log: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            modes: Vec::new(),
            speaks: Speaks::Both,
            revision: "2025-11-25".to_owned(),
            slow_start: Duration::ZERO,
            life: None,
            log: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value"));
            match argument.as_str() {
                "era" => {
                    settings.speaks = match value()?.as_str() {
                        "legacy" => Speaks::Legacy,
                        "modern" => Speaks::Modern,
                        _ => Speaks::Both,
                    }
                }
                "slow-start" | "live" => {
                    let ms = value()?.parse().map_err(|_| format!("`{argument}` needs milliseconds"))?;
                    let time = Duration::from_millis(ms);
                    if argument == "live" { settings.life = Some(time) } else { settings.slow_start = time }
                }
                "revision" => settings.revision = value()?,
                "log" => settings.log = Some(value()?.into()),
                name => {
                    let mode = NAMES.iter().find(|(known, _)| *known == name);
                    settings.modes.push(mode.ok_or(format!("there is no mode `{name}`"))?.1);
                }
            }
        }
        Ok(settings)
    }

    pub(crate) fn is(&self, mode: Mode) -> bool {
        self.modes.contains(&mode)
    }
}

/// Starts itself over with SIGTERM ignored, which survives that, and once so
/// started, starts a child that ignores it too.
pub(crate) fn ignore_term() {
    const MARK: &str = "TEST_UPSTREAM_IGNORES_TERM";
    const DEAF_CHILD: &str = "trap '' TERM HUP INT; while :; do sleep 1; done";
    if std::env::var_os(MARK).is_some() {
        let child = Command::new("/bin/sh").args(["-c", DEAF_CHILD]).stdin(Stdio::null()).spawn();
        drop(child);
        return;
    }
    let Ok(me) = std::env::current_exe() else { return };
    let mut again = Command::new("/bin/sh");
    again.args(["-c", r#"trap '' TERM; exec "$0" "$@""#]).arg(me).args(std::env::args().skip(1)).env(MARK, "1");
    // Only a failure returns, and then the server is as deaf as it can be.
    drop(again.exec());
}
