//! `mcp-server-git`: a repository is read, and its stage is emptied once a
//! human said so.

use serde_json::json;

use crate::ground::Ground;
use crate::rig::{self, answer, steps, waiting};
use crate::servers;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn status_and_log_are_read() {
    let ground = Ground::new();
    rig::with(vec![servers::git(&ground)], async |rig| {
        let repository = ground.repository();
        let rows = [
            (format!("git status of {repository}"), "git.git_status ok", &["On branch main", "retry.py"][..]),
            (
                format!("show the git log of {repository}"),
                "git.git_log ok",
                &["Refresh expired tokens", "Retry with exponential backoff"],
            ),
        ];
        for (query, step, expected) in rows {
            let outcome = rig.ask(&query).await;
            assert_eq!(steps(&outcome), [step], "{query}");
            let text = &answer(&outcome).text;
            assert!(expected.iter().all(|expected| text.contains(expected)), "{query}: {text}");
        }
        let diff = rig.result("git.git_diff_unstaged", json!({"repo_path": repository})).await;
        assert!(diff.to_string().contains("+# Retry with jitter"), "{diff}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn the_stage_is_filled_unasked_and_emptied_when_a_human_said_so() {
    let ground = Ground::new();
    rig::with(vec![servers::git(&ground)], async |rig| {
        let repository = ground.repository();
        let staged = async || rig.result("git.git_diff_staged", json!({"repo_path": repository})).await.to_string();
        rig.result("git.git_add", json!({"repo_path": repository, "files": ["retry.py"]})).await;
        assert!(staged().await.contains("+# Retry with jitter"));

        let asked = rig.ask(&format!("reset the staged changes in {repository}")).await;
        assert_eq!(waiting(&asked)[0].call.tool.reference.to_string(), "git.git_reset");
        assert!(staged().await.contains("+# Retry with jitter"), "nothing is reset before a human said so");
        assert_eq!(steps(&rig.approve(asked).await), ["git.git_reset ok"]);
        assert!(!staged().await.contains("+# Retry with jitter"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn a_server_that_is_not_believed_is_asked_about_more_often() {
    let ground = Ground::new();
    let mut config = servers::git(&ground);
    config.labels.trust_annotations = false;
    rig::with(vec![config], async |rig| {
        let arguments = json!({"repo_path": ground.repository()});
        // `status` is a verb that reads; `log` says nothing by itself.
        rig.result("git.git_status", arguments.clone()).await;
        let asked = rig.asked_first("git.git_log", arguments).await;
        assert!(waiting(&asked)[0].why.contains("nothing says what `git.git_log` does"), "{:?}", waiting(&asked));
    })
    .await;
}
