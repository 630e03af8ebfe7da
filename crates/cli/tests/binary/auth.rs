//! `auth`, and servers that ask for permission.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::keeper::Keeper;
use crate::run::{Ended, run};

/// A configuration with that server, and the directory of its state.
fn laid(address: SocketAddr, oauth: &str) -> (TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let config = place.path().join("concertmaster.toml");
    let text = format!(
        "[state]\ndirectory = 'state'\n[cache]\nttl = '0s'\n[servers.s]\nurl = 'http://{address}/mcp'\n\
         trust_annotations = true\nstart_timeout = '5s'\n[servers.s.oauth]\n{oauth}\n"
    );
    fs::write(&config, text).unwrap();
    (place, config.into_os_string().into_string().unwrap())
}

fn done(config: &str, words: &[&str]) -> Ended {
    run(["--config", config].into_iter().chain(words.iter().copied())).end()
}

/// Everything that is kept in files, as text.
fn kept(place: &Path) -> Vec<(PathBuf, String)> {
    let directory = place.join("state/permissions");
    let paths = fs::read_dir(directory).map(|entries| entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>());
    let text = |path: PathBuf| (path.clone(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
    paths.unwrap_or_default().into_iter().map(text).collect()
}

/// A value in the query of an address.
fn in_query(address: &str, name: &str) -> String {
    let pairs = address.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.clone().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} in {address}")).1.to_owned()
}

/// Logs in as a person does, who comes back with `code`.
fn log_in(config: &str, code: &str) -> Ended {
    let mut running = run(["--config", config, "auth", "login", "s", "--no-browser"]).start();
    let mut told = BufReader::new(running.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("/authorize?") {
        line.clear();
        assert_ne!(told.read_line(&mut line).unwrap(), 0, "it shows an address");
    }
    let (state, back) = (in_query(line.trim(), "state"), in_query(line.trim(), "redirect_uri"));
    assert_eq!(in_query(line.trim(), "code_challenge_method"), "S256");
    let back = back.replace("%3A", ":").replace("%2F", "/");
    let (address, path) = back.strip_prefix("http://").unwrap().split_once('/').unwrap();
    // A browser asks for more than it was sent to.
    for target in ["favicon.ico".to_owned(), format!("{path}?code={code}&state={state}")] {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /{target} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(answer.starts_with("HTTP/1.1 200"), target.starts_with(path), "{answer}");
    }
    running.child.stderr = Some(told.into_inner());
    running.end()
}

#[test]
fn a_person_logs_in_once_and_it_is_renewed_without_them() {
    let (keeper, address) = Keeper::start();
    let (place, config) = laid(address, "client_id = 'us'");
    done(&config, &["call", "s.get_it"]).with_code(2).says(&["concertmaster auth login s"]);
    assert_eq!(keeper.grants().len(), 0, "nobody was asked");
    done(&config, &["auth"]).with_code(0).says(&["no permission"]);

    let ended = log_in(&config, "c-1").with_code(0).says(&["permitted"]);
    let grants = keeper.grants();
    assert!(grants.len() == 1 && grants[0].contains("code=c-1") && grants[0].contains("code_verifier="), "{grants:?}");
    let files = kept(place.path());
    assert_eq!(files.len(), 1);
    assert_eq!(fs::metadata(&files[0].0).unwrap().permissions().mode() & 0o777, 0o600);

    done(&config, &["call", "s.get_it"]).with_code(0).says(&["it"]);
    assert_eq!(keeper.grants().len(), 1, "what is kept is good");
    keeper.forget();
    done(&config, &["call", "s.get_it"]).with_code(0).says(&["it"]);
    done(&config, &["call", "s.get_it"]).with_code(0).says(&["it"]);
    let grants = keeper.grants();
    assert!(grants.len() == 2 && grants[1].contains("refresh_token=again-1"), "{grants:?}");

    let status = done(&config, &["auth", "status", "--json"]).with_code(0);
    let permission = &status.json()["servers"][0]["permission"];
    assert_eq!((&permission["issuer"], &permission["renewable"]), (&format!("http://{address}").into(), &true.into()));
    let shown = [ended.out, ended.err, status.out].concat() + &kept(place.path())[0].1;
    for secret in ["token-", "again-"] {
        assert!(!shown.contains(secret), "{shown}");
    }

    done(&config, &["auth", "logout", "s"]).with_code(0).says(&["forgotten"]);
    assert_eq!(kept(place.path()), []);
    done(&config, &["call", "s.get_it"]).with_code(2).says(&["concertmaster auth login s"]);
}

#[test]
fn a_permission_is_good_for_one_address() {
    let (first, address) = Keeper::start();
    let (second, elsewhere) = Keeper::start();
    let (place, config) = laid(address, "client_id = 'us'");
    log_in(&config, "c").with_code(0);
    // Who changes the file cannot send the tokens elsewhere.
    let text = fs::read_to_string(&config).unwrap().replace(&address.to_string(), &elsewhere.to_string());
    fs::write(&config, text).unwrap();
    let file = kept(place.path()).remove(0).0;
    done(&config, &["call", "s.get_it"]).with_code(2).says(&["auth login"]);
    for other in fs::read_dir(file.parent().unwrap()).unwrap().flatten() {
        assert_eq!(other.path(), file);
    }
    assert_eq!((first.grants().len(), second.grants().len()), (1, 0));
}

#[test]
fn a_client_that_is_known_needs_nobody() {
    let (keeper, address) = Keeper::start();
    let oauth = "grant = 'client'\nclient_id = 'us'\nclient_secret = '${SECRET}'";
    let (place, config) = laid(address, oauth);
    for _ in 0..2 {
        let ended = run(["--config", &config, "call", "s.get_it"]).variable("SECRET", "sesame").end();
        let ended = ended.with_code(0).says(&["it"]);
        assert!(!(ended.out + &ended.err).contains("sesame"));
    }
    let grants = keeper.grants();
    assert!(grants.len() == 1 && grants[0].contains("grant_type=client_credentials"), "{grants:?}");
    assert!(grants[0].contains("client_secret=sesame"));
    assert!(!kept(place.path())[0].1.contains("sesame"));
}

#[test]
fn what_makes_no_sense_is_said_at_once() {
    let (_, address) = Keeper::start();
    let rows = [
        ("client_secret = 'x'", "has no `client_id`"),
        ("grant = 'client'", "leaves out who the client is"),
        ("client_metadata = 'http://a.example/us'", "no HTTPS address"),
        ("redirect_port = 0", "redirect_port"),
        ("scope = 'all'", "scope"),
    ];
    for (oauth, expected) in rows {
        let (_place, config) = laid(address, oauth);
        done(&config, &["auth"]).with_code(2).says(&[expected]);
    }
    // Nor does a fault show a secret, wherever it stands in its line.
    for secret in ["client_secret = 'hunter2'", "issuer = 'https://a.example'\nx = { client_secret = 'hunter2' }"] {
        let (_place, config) = laid(address, secret);
        let ended = done(&config, &["auth"]).with_code(2);
        assert!(!(ended.out + &ended.err).contains("hunter2"));
    }
    let (_place, config) = laid(address, "");
    done(&config, &["auth", "login", "t"]).with_code(2).says(&["no server `t`"]);
}
