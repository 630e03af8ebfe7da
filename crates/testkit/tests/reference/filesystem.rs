//! `server-filesystem`: files are read, and written once a human said so.

use std::fs;

use serde_json::json;

use crate::ground::Ground;
use crate::rig::{self, answer, refusal, steps, waiting};
use crate::servers;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn files_are_listed_and_read() {
    let ground = Ground::new();
    rig::with(vec![servers::filesystem(&ground)], async |rig| {
        let (files, notes) = (ground.files().display().to_string(), ground.file("notes.txt"));
        let rows = [
            (format!("list the directory {files}"), "filesystem.list_directory", "notes.txt"),
            (
                format!("read the text file {notes}"),
                "filesystem.read_text_file",
                "The retry budget is twenty per cent.",
            ),
        ];
        for (query, tool, expected) in rows {
            let outcome = rig.ask(&query).await;
            assert!(answer(&outcome).text.contains(expected), "{query}: {}", answer(&outcome).text);
            assert_eq!(steps(&outcome), [format!("{tool} ok")], "{query}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn writing_waits_for_a_human() {
    let ground = Ground::new();
    rig::with(vec![servers::filesystem(&ground)], async |rig| {
        let new = ground.file("new.txt");
        let arguments = json!({"path": new, "content": "Kept."});

        let outcome = rig.asked_first("filesystem.write_file", arguments.clone()).await;
        let [asked] = waiting(&outcome) else { panic!("one call waits") };
        assert_eq!(json!(asked.call.arguments), arguments);
        assert!(!fs::exists(&new).unwrap(), "nothing is written before a human said so");

        let done = rig.approve(outcome).await;
        assert_eq!(steps(&done), ["filesystem.write_file ok"]);
        assert_eq!(fs::read_to_string(&new).unwrap(), "Kept.");

        let asked = rig.ask(&format!("write \"lost\" to the file {new}")).await;
        assert_eq!(waiting(&asked)[0].call.tool.reference.to_string(), "filesystem.write_file");
        drop(asked);
        assert_eq!(fs::read_to_string(&new).unwrap(), "Kept.", "nobody approved the second text");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn what_the_server_refuses_is_told_in_its_words() {
    let ground = Ground::new();
    rig::with(vec![servers::filesystem(&ground)], async |rig| {
        let complaint = rig.complaint("filesystem.read_text_file", json!({"path": ground.database()})).await;
        assert!(complaint.contains("outside allowed directories"), "{complaint}");
        let outcome = rig.ask(&format!("read the text file {}", ground.database())).await;
        let message = &refusal(&outcome).message;
        assert!(message.contains("filesystem.read_text_file") && message.contains("outside allowed"), "{message}");
    })
    .await;
}
