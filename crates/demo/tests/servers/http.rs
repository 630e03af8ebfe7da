//! The servers over Streamable HTTP, for clients of both eras.

use concertmaster_demo::{Which, Workspace, WorkspaceError, bind_http, serve_http};
use rmcp::{
    ClientLifecycleMode, ClientServiceExt, model::CallToolRequestParams, transport::StreamableHttpClientTransport,
};
use serde_json::json;
use tempfile::TempDir;

use crate::client::modern;

#[tokio::test]
async fn both_eras_are_served_over_http() {
    // Built with the whole workspace, the client has no cryptography of its
    // own; where it has, this one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = TempDir::new().unwrap();
    Workspace::materialise(directory.path()).unwrap();
    for which in Which::ALL {
        let server = bind_http(which, directory.path(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
        let url = server.url();
        let running = tokio::spawn(server.run());
        for lifecycle in [modern(), ClientLifecycleMode::Initialize] {
            let transport = StreamableHttpClientTransport::from_uri(url.clone());
            let client = ().serve_with_lifecycle(transport, lifecycle).await.unwrap();
            assert_eq!(client.peer_info().unwrap().server_info.as_ref().unwrap().name, which.name());
            assert!(!client.list_all_tools().await.unwrap().is_empty());
            if which == Which::Sql {
                let arguments = json!({"sql": "SELECT 1 AS one"}).as_object().cloned().unwrap();
                let request = CallToolRequestParams::new("query").with_arguments(arguments);
                let result = client.call_tool(request).await.unwrap();
                assert_eq!(result.structured_content.unwrap()["rows"], json!([{"one": 1}]));
            }
            client.cancel().await.unwrap();
        }
        running.abort();
    }
}

#[tokio::test]
async fn faults_are_named() {
    let directory = TempDir::new().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let error = serve_http(Which::Sql, directory.path(), address).await.unwrap_err();
    assert!(matches!(error, concertmaster_demo::ServeError::Workspace(WorkspaceError::Missing { .. })));
    Workspace::materialise(directory.path()).unwrap();
    let first = bind_http(Which::Sql, directory.path(), address).await.unwrap();
    let error = bind_http(Which::Sql, directory.path(), first.address()).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot serve HTTP on {}", first.address())), "{error}");
}
