//! One directory with servers in it, installed anew when its pins change.

use std::fs;
use std::io;
use std::path::Path;

use crate::{Failure, Workspace};

/// Written last, so that a directory that has it is whole.
const STAMP: &str = "installed.txt";

/// Servers that are installed together.
pub(crate) struct Environment {
    /// The directory's name.
    pub(crate) name: &'static str,
    /// The files that pin its content.
    pub(crate) pins: &'static [&'static str],
    /// What it has when it is installed; the programs among it.
    pub(crate) provides: &'static [&'static str],
    /// Installs from the directory with the pins into an empty directory.
    pub(crate) install: fn(&Workspace, pins: &Path, home: &Path) -> Result<(), Failure>,
}

impl Environment {
    /// Installs it below `homes`, unless it is there already.
    pub(crate) fn provide(&self, workspace: &Workspace, pins: &Path, homes: &Path) -> Result<(), Failure> {
        let home = homes.join(self.name);
        let wanted = self.stamp(pins, &home)?;
        if self.missing(&home).is_empty() && fs::read_to_string(home.join(STAMP)).is_ok_and(|found| found == wanted) {
            eprintln!("{}: up to date", self.name);
            return Ok(());
        }
        clear(&home).map_err(Failure::file(&home))?;
        (self.install)(workspace, pins, &home)?;
        let missing = self.missing(&home);
        if !missing.is_empty() {
            let (name, missing) = (self.name, missing.join(", "));
            return Err(Failure::Unfit(format!("{name}: installed, but there is no {missing} in it")));
        }
        fs::write(home.join(STAMP), wanted).map_err(Failure::file(&home))?;
        eprintln!("{}: installed", self.name);
        Ok(())
    }

    fn missing(&self, home: &Path) -> Vec<&'static str> {
        self.provides.iter().copied().filter(|path| !home.join(path).exists()).collect()
    }

    /// What was installed, and where: Python environments cannot be moved.
    fn stamp(&self, pins: &Path, home: &Path) -> Result<String, Failure> {
        let mut stamp = format!("{}\n", home.display());
        for pin in self.pins.iter().map(|pin| pins.join(pin)) {
            stamp += &fs::read_to_string(&pin).map_err(Failure::file(&pin))?;
        }
        Ok(stamp)
    }
}

/// Makes sure that the directory is there and empty.
fn clear(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(directory),
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process;

    use super::*;

    #[test]
    fn it_is_installed_once_and_again_when_a_pin_changes_or_a_program_is_gone() {
        let base = env::temp_dir().join(format!("xtask-environment-{}", process::id()));
        let (pins, homes) = (base.join("pins"), base.join("homes"));
        fs::create_dir_all(&pins).unwrap();
        let write_pin = |text: &str| fs::write(pins.join("pin"), text).unwrap();
        // The program holds the pin it was installed for; a later mark shows
        // that it was left alone.
        let install = |_: &Workspace, pins: &Path, home: &Path| {
            fs::copy(pins.join("pin"), home.join("program")).map_err(Failure::file(home)).map(drop)
        };
        let environment = Environment { name: "one", pins: &["pin"], provides: &["program"], install };
        let program = homes.join("one/program");
        let provided = || {
            environment.provide(&Workspace::here(), &pins, &homes).unwrap();
            fs::read_to_string(&program).unwrap()
        };

        write_pin("1");
        assert_eq!(provided(), "1");
        fs::write(&program, "marked").unwrap();
        assert_eq!(provided(), "marked", "up to date: untouched");
        write_pin("2");
        assert_eq!(provided(), "2", "the pin changed");
        fs::remove_file(&program).unwrap();
        assert_eq!(provided(), "2", "the program was gone");

        let lacking = Environment { provides: &["program", "other"], ..environment };
        let told = lacking.provide(&Workspace::here(), &pins, &homes).unwrap_err().to_string();
        assert_eq!(told, "one: installed, but there is no other in it");
        fs::remove_dir_all(&base).unwrap();
    }
}
