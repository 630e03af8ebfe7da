//! The SDKs' clients, and what each must name.

use super::ground::Ground;

/// What every client does, in its order.
const CHECKS: &[&str] = &[
    "list",
    "call",
    "structured",
    "resource",
    "prompt",
    "completion",
    "progress",
    "question of an older server",
    "question of a newer server",
    "questions of the SDKs",
    "cancel",
    "refusal",
    "revision",
];

/// What a program in `reference/interop` runs on.
#[derive(Clone, Copy)]
pub(crate) enum Runtime {
    Node,
    /// The environment of the reference servers with that name.
    Python(&'static str),
}

/// One client.
pub(crate) struct Client {
    /// Its name in the closing lines.
    pub(crate) name: &'static str,
    runtime: Runtime,
    program: &'static str,
}

/// The current and the previous major of either SDK.
pub(crate) const CLIENTS: &[Client] = &[
    Client { name: "TypeScript SDK 2", runtime: Runtime::Node, program: "typescript-2.mjs" },
    Client { name: "TypeScript SDK 1", runtime: Runtime::Node, program: "typescript-1.mjs" },
    Client { name: "Python SDK 2", runtime: Runtime::Python(super::ground::PYTHON_2), program: "python_2.py" },
    Client { name: "Python SDK 1", runtime: Runtime::Python(super::ground::PYTHON_1), program: "python_1.py" },
];

impl Client {
    /// What is wrong with what it did at an endpoint; `None` when nothing is.
    pub(crate) fn fault(&self, ground: &Ground, reached: &[&str]) -> Option<String> {
        let program = ground.script(self.program);
        let said = ground.run(self.runtime, &[&[program.as_str()], reached].concat());
        match said {
            Ok(said) => lacking(&said),
            Err(failure) => Some(failure.to_string()),
        }
    }
}

fn lacking(said: &str) -> Option<String> {
    let named: Vec<&str> = said.lines().collect();
    let lacking: Vec<&str> = CHECKS.iter().copied().filter(|check| !named.contains(check)).collect();
    (!lacking.is_empty()).then(|| format!("it did not come to: {}", lacking.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_does_not_name_is_missing() {
        let all = CHECKS.join("\n");
        assert_eq!(lacking(&all), None);
        assert_eq!(lacking(&all.replace("\ncancel", "")), Some("it did not come to: cancel".to_owned()));
        assert!(lacking("").is_some());
    }
}
