//! `[state]` and `[policy.approvals]`: where state is kept, and how questions
//! to a human are put; and whether servers that may be told things exist.

use std::path::Path;

use policy::{Channel, Channels};
use store::SealingKey;

use super::checked::Table;
use super::fault::{FaultCode, Findings};
use super::settings::{Asking, StateConfig};
use super::suggest::nearest;

/// How questions are put.
pub(crate) fn asking(root: &Table) -> Asking {
    let default = Asking::default();
    let Some(table) = root.table("policy").and_then(|policy| policy.table("approvals")) else { return default };
    let channel = |key: &str, otherwise: Channel| match table.choice(key) {
        Some("in_band") => Channel::InBand,
        Some("out_of_band") => Channel::OutOfBand,
        _ => otherwise,
    };
    let channels = Channels {
        destructive: channel("destructive", default.channels.destructive),
        additive: channel("additive", default.channels.additive),
        private: channel("private", default.channels.private),
    };
    Asking { channels, wait: table.time("wait").unwrap_or(default.wait) }
}

/// Where state is kept. A relative directory is one beside the file.
pub(crate) fn read(root: &Table, beside: &Path, findings: &mut Findings) -> StateConfig {
    let Some(table) = root.table("state") else { return StateConfig::default() };
    let directory = table.text("directory").map(|directory| beside.join(directory));
    let key = table.text("key").and_then(|text| match SealingKey::read(text) {
        Ok(key) => Some(key),
        Err(why) => {
            let at = table.written("key").cloned().unwrap_or_default();
            let help = "make one with: head -c 32 /dev/urandom | basenc --base64url | tr -d =";
            findings.fault_with_help(FaultCode::BadValue, &at, format!("`state.key` is no key: {why}"), help);
            None
        }
    });
    StateConfig { directory, key }
}

/// Readers that are no server.
pub(crate) fn unknown_readers(table: &Table, server: &str, servers: &[&str], findings: &mut Findings) {
    let at = table.written("readers").cloned().unwrap_or_default();
    for reader in table.texts("readers").iter().filter(|reader| !servers.contains(&reader.as_str())) {
        let message = format!("`servers.{server}.readers` names `{reader}`, which is no server");
        match nearest(reader, servers.iter().copied()) {
            Some(near) => {
                findings.fault_with_help(FaultCode::BadValue, &at, message, format!("did you mean `{near}`?"));
            }
            None => findings.fault(FaultCode::BadValue, &at, message),
        }
    }
}
